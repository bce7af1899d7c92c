#!/usr/bin/env python3
"""Bar 10: 200 processes of `shopcore checkout place` at once, on 50 units in one SQLite file.

50 orders, 150 refusals, no error; afterwards nothing is left and verify finds nothing.
"""
import collections
import json
import os
import pathlib
import subprocess
import sys
import tempfile

BUYERS, UNITS = 200, 50
SHOPCORE = pathlib.Path(os.environ["SHOPCORE_BUILD"]) / "examples/cli/shopcore"


def run(shop: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SHOPCORE, "--shop", shop, *words], capture_output=True, text=True)


def must(shop: str, *words: str) -> str:
    done = run(shop, *words)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}: exit {done.returncode}: {done.stdout}{done.stderr}")
    return done.stdout


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        shop = f"sqlite:{folder}/shop.db"
        goods = pathlib.Path(folder) / "goods.jsonl"
        goods.write_text(json.dumps({"sku": "lamp", "name": "A lamp", "price": 4990, "currency": "USD"}) + "\n")
        must(shop, "init")
        must(shop, "catalog", "import", str(goods))
        must(shop, "inventory", "receive", "lamp", str(UNITS))
        for buyer in range(BUYERS):
            must(shop, "cart", "add", f"buyer-{buyer}", "lamp", "1")
        running = [
            subprocess.Popen([SHOPCORE, "--shop", shop, "checkout", "place", f"buyer-{buyer}", "--key", "k",
                              "--payment", "tok_ok", "--address", "demo"],
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            for buyer in range(BUYERS)]
        answers: collections.Counter[int] = collections.Counter()
        for process in running:
            said, _ = process.communicate()
            answers[process.returncode] += 1
            if process.returncode not in (0, 1):
                print(f"exit {process.returncode}: {said.strip()[-300:]}")
        left = json.loads(must(shop, "--json", "inventory", "get", "lamp"))
        clean = run(shop, "verify").returncode == 0
        errors = BUYERS - answers[0] - answers[1]
        ok = answers[0] == UNITS and answers[1] == BUYERS - UNITS and errors == 0 and clean
        print(f"after it: {json.dumps(left)}")
        print(f"bar\t200 processes, 50 units: orders, refusals, errors\t{answers[0]}, {answers[1]}, {errors}"
              f"\t50, 150, 0\t{'ok' if ok else 'SHORT'}")
        return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
