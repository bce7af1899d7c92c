#!/usr/bin/env python3
"""Each public header compiles alone, as C11 and as C++17, with strict warnings.

usage: check_headers.py INCLUDE_DIR
"""
import pathlib
import subprocess
import sys
import tempfile

C = ["gcc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Wstrict-prototypes", "-Wshadow", "-Werror"]
CXX = ["g++", "-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Wshadow", "-Werror"]


def main() -> int:
    include = pathlib.Path(sys.argv[1])
    headers = sorted(include.rglob("*.h"))
    if not headers:
        print(f"no headers below {include}")
        return 1
    failed = 0
    with tempfile.TemporaryDirectory() as folder:
        for header in headers:
            name = header.relative_to(include)
            for compiler, ending in ((C, "c"), (CXX, "cc")):
                source = pathlib.Path(folder) / f"alone.{ending}"
                # Twice: the include guard has to work, too.
                source.write_text(f"#include <{name}>\n#include <{name}>\nint main(void);\nint main(void) {{ return 0; }}\n"
                                  if ending == "c" else f"#include <{name}>\n#include <{name}>\n")
                run = subprocess.run([*compiler, f"-I{include}", "-fsyntax-only", str(source)],
                                     capture_output=True, text=True)
                if run.returncode:
                    failed += 1
                    print(f"{name} does not compile alone with {compiler[0]}:\n{run.stderr}")
    print(f"{len(headers)} headers, {failed} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
