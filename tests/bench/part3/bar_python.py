#!/usr/bin/python3
"""Bar 5: Python leaks nothing, and declares every exported function.

A million pairs of inventory.reserve and commit on an SQLite shop: the resident memory after the last pair is at most
5 % above what it was after the first hundredth. The store is a file, because a store in this process's own memory grows
by what it has to remember; and the file is first made larger than SQLite's page caches, so that they are full.
"""
import os
import pathlib
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
PAIRS = 1_000_000 // int(os.environ.get("SHOPCORE_SCALE", "1"))
os.environ.setdefault("SHOPCORE_LIBRARY", str(pathlib.Path(os.environ["SHOPCORE_BUILD"]) / "src"))
sys.path[:0] = [str(ROOT / "bindings/python"), str(ROOT / "tests/tools")]

from declarations import OWN_LIBRARIES, declarations  # noqa: E402
from shopcore import Shop, _ffi  # noqa: E402


def resident() -> int:
    """Bytes of this process that are in memory and belong to it alone or to a file it maps."""
    return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def fill(shop: Shop, file: pathlib.Path) -> None:
    """Let the file grow past what the connections cache, 16 MiB each, with large reservations."""
    basket = {f"sku-{i}": 1 for i in range(1000)}
    shop.inventory.receive({sku: 100_000 for sku in basket})
    while file.stat().st_size < 64 << 20:
        shop.inventory.commit(shop.inventory.reserve(basket).id)


def leaks() -> bool:
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None) as folder:
        with Shop(f"sqlite:{folder}/shop.db?exclusive=1") as shop:
            shop.inventory.receive("mug", 2 * PAIRS)
            fill(shop, pathlib.Path(folder) / "shop.db")
            warm, highest = PAIRS // 100, 0
            begin = time.monotonic()
            for pair in range(PAIRS):
                shop.inventory.commit(shop.inventory.reserve("mug", 1).id)
                if pair == warm:
                    first = resident()
                elif pair % warm == 0:
                    highest = max(highest, resident())
            took = time.monotonic() - begin
            last = resident()
            level = shop.inventory.level("mug")
    grown = (last - first) / first
    ok = grown <= 0.05 and level.committed == PAIRS
    print(f"{PAIRS:,} pairs in {took:.1f} s, {PAIRS / took:,.0f}/s; {first >> 10:,} KiB after {warm:,}, "
          f"{highest >> 10:,} KiB at most, {last >> 10:,} KiB at the end")
    print(f"bar\tPython: {PAIRS:,} reserve + commit, memory grown\t{grown:+.2%}\tat most +5 %"
          f"\t{'ok' if ok else 'SHORT'}")
    return not ok


def undeclared() -> bool:
    beyond = set(OWN_LIBRARIES) - {"shopcore/postgres.h"}  # libraries that the package does not open
    exported = {each.name for each in declarations(ROOT / "include") if each.header not in beyond}
    declared = {**_ffi.FUNCTIONS, **_ffi.TESTKIT_FUNCTIONS, **_ffi.POSTGRES_FUNCTIONS}
    ok = exported == set(declared) and all(hasattr(_ffi.lib, name) for name in _ffi.FUNCTIONS)
    print(f"bar\tPython: exported functions declared with types\t{len(exported & set(declared))}\t{len(exported)}"
          f"\t{'ok' if ok else 'SHORT'}")
    return not ok


def long_purchase() -> bool:
    lines = sum(1 for line in (ROOT / "examples/python/01_buy_a_mug.py").read_text().splitlines() if line.strip())
    print(f"bar\tPython: lines of a whole purchase\t{lines}\tat most 10\t{'ok' if lines <= 10 else 'SHORT'}")
    return lines > 10


if __name__ == "__main__":
    sys.exit(any([long_purchase(), undeclared(), leaks()]))
