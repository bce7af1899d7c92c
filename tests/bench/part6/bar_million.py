#!/usr/bin/python3
"""Bar 2: a million random documents, priced by the library and by an independent model in exact fractions.

On two cores it takes about ten minutes; SHOPCORE_SCALE divides the count.
"""
import os
import pathlib
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "tests" / "python"))

import pricing_model  # noqa: E402


def main() -> int:
    count = 1_000_000 // int(os.environ.get("SHOPCORE_SCALE", "1"))
    program = pathlib.Path(os.environ.get("SHOPCORE_BUILD", ROOT / "build" / "gcc")) / "tests/unit/pricing/price_lines"
    begin = time.monotonic()
    wrong = pricing_model.run(str(program), count, 6, 2)
    seconds = time.monotonic() - begin
    verdict = "ok" if wrong == 0 else "SHORT"
    print(f"bar\t{count} random documents against the model\t{wrong} differ, {seconds:.0f} s\t0 differ\t{verdict}")
    return 0 if wrong == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
