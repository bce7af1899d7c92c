#!/usr/bin/env python3
"""What the libraries export is exactly what the headers declare.

usage: check_symbols.py INCLUDE_DIR LIBRARY…
"""
import pathlib
import subprocess
import sys

from declarations import OWN_LIBRARIES, declarations, marks


def exported(library: str) -> set[str]:
    lines = subprocess.run(["nm", "-D", "--defined-only", library], check=True, capture_output=True, text=True).stdout
    return {line.split()[-1].split("@")[0] for line in lines.splitlines()}


def main() -> int:
    include = pathlib.Path(sys.argv[1])
    found = declarations(include)
    built = {pathlib.Path(library).name.split(".so")[0] for library in sys.argv[2:]}
    if len(found) != marks(include):
        print(f"{marks(include)} SC_API marks but {len(found)} declarations were understood")
        return 1
    found = [entry for entry in found if OWN_LIBRARIES.get(entry.header, "libshopcore") in built]
    declared = {entry.name for entry in found}
    if len(declared) != len(found):
        print("a function is declared twice")
        return 1
    there: set[str] = set()
    for library in sys.argv[2:]:
        there |= exported(library)
    for name in sorted(declared - there):
        print(f"declared but not exported: {name}")
    for name in sorted(there - declared):
        print(f"exported but not declared: {name}")
    print(f"{len(declared)} functions declared, {len(there)} exported")
    return 0 if declared == there else 1


if __name__ == "__main__":
    sys.exit(main())
