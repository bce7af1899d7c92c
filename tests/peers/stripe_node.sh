#!/bin/sh
# Stripe's own client for Node: it works against our stand-in, and its verifier and ours agree about signatures.
set -u
. "$(dirname "$0")/setup.inc"
need node
need npm
answers "of npm" npm view stripe version
(cd "$folder" && npm init -y && npm install --no-audit --no-fund stripe) >"$folder/npm.log" 2>&1 ||
	skip "npm cannot get the package stripe: $(tail -n 1 "$folder/npm.log")"
cp tests/peers/stripe_node.mjs "$folder/"
node "$folder/stripe_node.mjs" "$root/tests/integration/providers/stripe_standin.py" \
	"$built/tests/unit/stripe/test_stripe_signature"
result=$?
rm -rf "$folder"
exit $result
