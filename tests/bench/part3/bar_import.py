#!/usr/bin/env python3
"""Bar 1: an import of 19,406 products into SQLite with its search index, a process from start to end.

    bar_import.py [FOLDER]

FOLDER, or SHOPCORE_DATA, holds icecat-products.jsonl.gz; without it the shipped phones are taken, again and again
under new ids. Malformed lines are told by their numbers. Killed with -9 at moments drawn by chance and started again,
the catalogue is exported to the same bytes and searches answer the same.
"""
import gzip
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

SHOPCORE = pathlib.Path(os.environ["SHOPCORE_BUILD"]) / "examples/cli/shopcore"
SHIPPED = pathlib.Path(__file__).resolve().parents[3] / "examples/data"
SCALE = max(1, int(os.environ.get("SHOPCORE_SCALE", "1")))
FLOOR, RUNS, TRIALS, KILLS, PRODUCTS = 10_000, 5, max(2, 20 // SCALE), 3, 19_406
MAP = {"sku": "id", "name": "title", "brand": "brand", "description": "description", "price": "price_cents",
       "currency": {"const": "EUR"}, "attributes": [{"object": "attrs", "strip": ["t_", "n_", "b_"]}]}
QUERIES = ["black printer", "notebook 16gb", "usb", "samsung", "cable for phone", "wireless headset", "original toner"]
MALFORMED = ["{", "[]", "nonsense", '{"id":"no name"}', '{"id":"x","title":"X","price_cents":"1"}', '{"id":"y\\u0000"}']


def run(folder: pathlib.Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([SHOPCORE, *words], cwd=folder, capture_output=True, text=True, check=False)


def must(folder: pathlib.Path, *words: str) -> str:
    done = run(folder, *words)
    if done.returncode != 0:
        sys.exit(f"{' '.join(words)}: exit {done.returncode}: {done.stdout[-500:]}{done.stderr}")
    return done.stdout


def products() -> tuple[list[str], dict[str, object]]:
    """The lines of the file, and its map."""
    folder = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("SHOPCORE_DATA")
    file = pathlib.Path(folder) / "icecat-products.jsonl.gz" if folder else None
    if file is not None and file.exists():
        return gzip.decompress(file.read_bytes()).decode().rstrip("\n").split("\n"), MAP
    print("icecat-products.jsonl.gz IS NOT THERE (SHOPCORE_DATA): the shipped phones, repeated, are measured instead")
    phones = gzip.decompress((SHIPPED / "phones-products.jsonl.gz").read_bytes()).decode().rstrip("\n").split("\n")
    lines = []
    for i in range(PRODUCTS):
        phone = json.loads(phones[i % len(phones)])
        phone["id"] = f"{phone['id']}-{i // len(phones)}"
        lines.append(json.dumps(phone, ensure_ascii=False))
    return lines, json.loads((SHIPPED / "phones-map.json").read_text())


def fresh(folder: pathlib.Path) -> None:
    for file in folder.glob("shop.db*"):
        file.unlink()
    must(folder, "init")


def bar(name: str, measured: str, floor: str, ok: bool) -> bool:
    print(f"bar\t{name}\t{measured}\t{floor}\t{'ok' if ok else 'SHORT'}", flush=True)
    return ok


def speed(name: str, measured: str, floor: str, ok: bool) -> bool:
    """What depends on the machine: shown, and not counted where only answers count (bench_speed() in bench.h)."""
    if ok or "SHOPCORE_ANSWERS" not in os.environ:
        return bar(name, measured, floor, ok)
    print(f"bar\t{name}\t{measured}\t{floor}\tslow here", flush=True)
    return True


def measure(folder: pathlib.Path, count: int) -> tuple[bool, float]:
    seconds = []
    for _ in range(RUNS):
        fresh(folder)
        start = time.monotonic()
        must(folder, "catalog", "import", "products.jsonl", "--map", "map.json", "--quiet")
        seconds.append(time.monotonic() - start)
    seconds.sort()
    print("each run, products a second: " + ", ".join(f"{count / s:,.0f}" for s in seconds))
    rate = count / seconds[RUNS // 2]
    return speed("import with search index, products/s", f"{rate:,.0f}", f"{FLOOR:,}", rate >= FLOOR), seconds[RUNS // 2]


def malformed(folder: pathlib.Path, lines: list[str]) -> bool:
    """Each of the malformed lines stands somewhere; exactly those are rejected, by their numbers."""
    places = sorted(random.sample(range(1, len(lines)), len(MALFORMED)))
    mixed = list(lines)
    for place, line in zip(places, MALFORMED):
        mixed[place] = line
    (folder / "malformed.jsonl").write_text("\n".join(mixed) + "\n")
    fresh(folder)
    done = run(folder, "--json", "catalog", "import", "malformed.jsonl", "--map", "map.json")
    report = json.loads(done.stdout)
    told = [row["line"] for row in report["rows"] if row["result"] == "rejected"]
    ok = told == [place + 1 for place in places] and done.returncode == 2 and report["created"] == len(lines) - len(told)
    return bar("malformed lines told by their numbers", f"{len(told)}", f"{len(places)}", ok)


def answers(folder: pathlib.Path) -> list[object]:
    """All that the catalogue holds, and what searches find, in order."""
    found: list[object] = [must(folder, "catalog", "export")]
    for words in QUERIES:
        page = json.loads(must(folder, "--json", "search", *words.split(), "--limit", "50"))
        found.append((page["total"], [product["id"] for product in page["products"]]))
    return found


def killed(folder: pathlib.Path, seconds: float) -> bool:
    fresh(folder)
    must(folder, "catalog", "import", "products.jsonl", "--map", "map.json")
    undisturbed = answers(folder)
    different = kills = 0
    for _ in range(TRIALS):
        fresh(folder)
        for _ in range(KILLS):
            words = [SHOPCORE, "catalog", "import", "products.jsonl", "--map", "map.json"]
            process = subprocess.Popen(words, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                process.wait(random.uniform(0, seconds))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
        must(folder, "catalog", "import", "products.jsonl", "--map", "map.json")
        different += answers(folder) != undisturbed
    print(f"{TRIALS} imports, {kills} kills")
    return bar("killed imports that ended differently", f"{different}", "0", different == 0 and kills >= TRIALS)


def main() -> int:
    random.seed(20260101)
    lines, document = products()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "products.jsonl").write_text("\n".join(lines) + "\n")
        (folder / "map.json").write_text(json.dumps(document))
        fast, seconds = measure(folder, len(lines))
        told = malformed(folder, lines)
        same = killed(folder, seconds)
    return 0 if fast and told and same else 1


if __name__ == "__main__":
    sys.exit(main())
