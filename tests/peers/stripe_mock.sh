#!/bin/sh
# Our driver against Stripe's own stripe-mock, which checks every request against Stripe's description of its API.
set -u
. "$(dirname "$0")/setup.inc"
need go
answers "of Go modules" go list -m github.com/stripe/stripe-mock@latest
GOBIN="$folder" GOFLAGS=-modcacherw go install github.com/stripe/stripe-mock@latest >"$folder/go.log" 2>&1 ||
	skip "go cannot get stripe-mock: $(tail -n 1 "$folder/go.log")"
"$folder/stripe-mock" -http-addr 127.0.0.1:0 >"$folder/mock.log" 2>&1 &
mock=$!
trap 'kill "$mock" 2>/dev/null; rm -rf "$folder"' EXIT
port= waited=0
while [ "$waited" -lt 60 ]; do # it reads a large description first
	sleep 1
	waited=$((waited + 1))
	port=$(sed -n 's/.*HTTP.*:\([0-9][0-9]*\)$/\1/p' "$folder/mock.log" | head -n 1)
	[ -z "$port" ] || break
done
[ -n "$port" ] || { cat "$folder/mock.log"; exit 1; }
echo sk_test_123 >"$folder/key"
"$built/tests/peers/stripe_mock" "http://127.0.0.1:$port" "$folder/key" || exit 1
if grep -E 'status=[45]' "$folder/mock.log"; then
	echo "stripe-mock refused a request"
	exit 1
fi
echo "stripe-mock took $(grep -c 'status=200' "$folder/mock.log") requests and refused none"
