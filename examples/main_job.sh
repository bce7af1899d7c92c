#!/bin/sh
# The main job: one purchase, from search to delivered, told step by step. usage: main_job.sh BUILD_FOLDER
# Everything below is the command line program; what it prints is what a shop's own code would get from the library.
set -eu
cd "$(dirname "$0")/.."
build=$(cd "$1" && pwd)
data=examples/data
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export SHOPCORE_SHOP="sqlite:$folder/shop.db"
export LD_LIBRARY_PATH="$build/src${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
program="$build/examples/cli/shopcore"

say() { printf '\n\033[1m%s\033[0m\n' "$*"; }
[ -t 1 ] || say() { printf '\n## %s\n' "$*"; }

# shop WORD…: shows the command, runs it, and ends the job when it fails.
shop()
{
	printf '$ shopcore %s\n' "$*"
	"$program" --shop "$SHOPCORE_SHOP" "$@" || { echo "that was not expected: exit $?"; exit 1; }
}

# answers CODE WORD…: the same for a command that has to answer with an exit code other than 0.
answers()
{
	wanted=$1 code=0
	shift
	printf '$ shopcore %s\n' "$*"
	"$program" --shop "$SHOPCORE_SHOP" "$@" || code=$?
	[ "$code" = "$wanted" ] || { echo "expected exit $wanted, got $code"; exit 1; }
	echo "(exit $code, as it should)"
}

# order_of USER: id of the user's newest order.
order_of()
{
	"$program" --shop "$SHOPCORE_SHOP" --json order list "$1" | sed -n 's/.*"id": *"\([0-9a-f-]\{36\}\)".*/\1/p' | head -n 1
}

say "1. A shop in one file, and 3,291 real products"
shop init
gzip -dc "$data/phones-products.jsonl.gz" >"$folder/phones.jsonl"
shop catalog import "$folder/phones.jsonl" --map "$data/phones-map.json"
for sku in 1 2; do "$program" --shop "$SHOPCORE_SHOP" inventory receive "$sku" 5 >/dev/null; done
shop inventory receive 3 1

say "2. A visitor looks for a phone"
shop search "samsung galaxy prepaid"
shop catalog get 1

say "3. The visitor fills a cart, then logs in as ada; nothing in it gets lost"
shop cart add guest:visitor-7 1 1
shop cart add ada 2 1
shop cart merge visitor-7 ada
shop cart show ada

say "4. Overnight the price of phone 1 goes up; ada is asked first"
printf '%s\n' '{"sku":"1","name":"AT&T GoPhone - Samsung Galaxy Express 3","price":5499,"currency":"USD"}' >"$folder/new-price.jsonl"
shop catalog import "$folder/new-price.jsonl"
shop checkout quote ada
answers 1 checkout place ada --key ada-1 --payment tok_ok --address demo

say "5. She agrees. Her first card is declined, the second is good"
answers 1 checkout place ada --key ada-1 --payment tok_declined --address demo --consent
order=$(order_of ada)
shop order show "$order"
shop checkout pay "$order" --payment tok_ok
shop inventory get 1

say "6. Shipped, tracked, delivered"
shop order ship "$order" --tracking 1Z999AA10123456784
shop order deliver "$order"
shop order show "$order"

say "7. Two buyers, two processes, one phone left"
shop inventory get 3
shop cart add bob 3 1
shop cart add eve 3 1
for buyer in bob eve; do
	(
		code=0
		"$program" --shop "$SHOPCORE_SHOP" checkout place "$buyer" --key last-one --payment tok_ok --address demo \
			>"$folder/$buyer.out" 2>&1 || code=$?
		echo "$code" >"$folder/$buyer.code"
	) &
done
wait
for buyer in bob eve; do
	printf '%s: exit %s\n' "$buyer" "$(cat "$folder/$buyer.code")"
	sed 's/^/    /' "$folder/$buyer.out"
done
[ "$(sort "$folder/bob.code" "$folder/eve.code" | tr '\n' ' ')" = "0 1 " ] || { echo "exactly one should have won"; exit 1; }
shop inventory get 3

say "8. The process is killed after the money moved and before the order is confirmed"
shop cart add joan 2 1
"$program" --shop "$SHOPCORE_SHOP" checkout place joan --key joan-1 --payment tok_silent_charged --address demo >/dev/null 2>&1 &
victim=$!
tries=0
while [ -z "$(order_of joan)" ] && [ "$tries" -lt 200 ]; do
	tries=$((tries + 1))
	sleep 0.01
done
sleep 0.1
kill -9 "$victim"
wait "$victim" 2>/dev/null || true
echo "process $victim was killed with -9 while it waited for the provider"
order=$(order_of joan)
shop order show "$order"
echo "After a restart one tick asks the provider, which did charge her:"
shop tick
shop order show "$order"

say "9. The books"
shop inventory journal 2
shop verify
echo
echo "That was one purchase. What you saw as text, a program gets as values: see examples/01_buy_a_mug.c"
