# Sourced by the peers' scripts: where the build is, and how to say that a registry does not answer.
cd "$(dirname "$0")/../.." || exit 1
root=$PWD
built=${SHOPCORE_BUILD:-$root/build/gcc}
folder=$(mktemp -d)

# skip WHY: loud, and no failure; a machine without a network can still run everything else.
skip()
{
	echo "SKIPPED: $1"
	rm -rf "$folder"
	exit 0
}

need()
{
	command -v "$1" >/dev/null 2>&1 || skip "there is no $1 here"
}

[ -x "$built/tests/unit/stripe/test_stripe_signature" ] || skip "the drivers of payment providers are not built in $built"
