# Sourced by examples/run and tests/run: installs with apt what is missing, and nothing else.
# Works as root or with sudo on a bare Debian 12.

shopcore_packages_build="gcc pkg-config meson ninja-build libsqlite3-dev libxxhash-dev libbsd-dev libsodium-dev
	libstemmer-dev libutf8proc-dev libjansson-dev libcmocka-dev libcurl4-openssl-dev libpq-dev libhiredis-dev python3"
shopcore_packages_test="chromium g++ clang clang-format libclang-rt-14-dev binutils git sqlite3 libmicrohttpd-dev
	postgresql-15 redis-server zsh groff-base python3-pytest python3-hypothesis python3-jsonschema mypy python3-pip python3-venv"

# install PACKAGE…: only those that are not there; without network nothing is asked for when all are there.
shopcore_install()
{
	missing=
	for package in "$@"; do
		dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
	done
	[ -n "$missing" ] || return 0
	sudo=
	[ "$(id -u)" = 0 ] || sudo=sudo
	echo "installing:$missing"
	$sudo apt-get update -q >/dev/null || true
	# shellcheck disable=SC2086
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing >/tmp/shopcore-apt.$$ 2>&1 || {
		cat "/tmp/shopcore-apt.$$"
		rm -f "/tmp/shopcore-apt.$$"
		return 1
	}
	rm -f "/tmp/shopcore-apt.$$"
}
