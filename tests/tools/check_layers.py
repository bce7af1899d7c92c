#!/usr/bin/env python3
"""Dependencies between source folders run downwards only.

The order is the one src/meson.build lists the folders in. A folder may include from itself and from those before
it; a driver, a wrapper and the test kit only from base and from public headers. Nobody but shop names a driver.

usage: check_layers.py SOURCE_ROOT
"""
import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)
OUTSIDE = ("drivers", "wrappers", "testkit")
SHARED = ("drivers/words/", "wrappers/parts/")
DRIVER_HEADERS = re.compile(r"shopcore/(memory|sqlite|postgres|redis|fts5|traced|faulty|gated|cached|backed|mixed|sharded|stripe|paypal)\.h$")


def order(root: pathlib.Path) -> list[str]:
    text = (root / "src/meson.build").read_text()
    listed = text[text.index("foreach folder"):text.index("subdir(folder)")]
    return re.findall(r"'(\w+)'", listed)


def faults(root: pathlib.Path) -> list[str]:
    ranks = {name: rank for rank, name in enumerate(order(root))}
    found = []
    sources = [path for path in sorted((root / "src").rglob("*")) if path.suffix in (".c", ".h")]
    for path in sources:
        folder = path.relative_to(root / "src").parts[0]
        if folder not in ranks:
            found.append(f"{path.relative_to(root)}: folder is not in src/meson.build")
            continue
        for kind, name in INCLUDE.findall(path.read_text()):
            where = f"{path.relative_to(root)} includes {name}"
            if kind == "<":
                if DRIVER_HEADERS.search(name) and folder not in ("shop", *OUTSIDE):
                    found.append(f"{where}: only shop names a driver")
                continue
            target = name.split("/")[0]
            if "/" not in name or target not in ranks:
                found.append(f"{where}: write the folder, as in \"base/text.h\"")
            elif folder in OUTSIDE:
                own = path.parent.relative_to(root / "src").as_posix()
                # beside the drivers, or beside the wrappers, or in a folder that those share
                shared = target == folder and (name.count("/") == 1 or name.startswith(SHARED))
                if target != "base" and not shared and not name.startswith(own + "/"):
                    found.append(f"{where}: a {folder} file includes only base and public headers")
            elif ranks[target] > ranks[folder]:
                found.append(f"{where}: upwards")
    for path in sorted((root / "examples").rglob("*.c")):
        for kind, name in INCLUDE.findall(path.read_text()):
            made = (path.parent / "meson.build").exists() and f"'{name}'" in (path.parent / "meson.build").read_text()
            if kind == '"' and not made and not (path.parent / name).exists():
                found.append(f"{path.relative_to(root)} includes {name}: examples use installed headers only")
    return found


def main() -> int:
    found = faults(pathlib.Path(sys.argv[1]))
    print("\n".join(found) if found else "dependencies run downwards")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
