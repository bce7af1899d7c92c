#!/usr/bin/env python3
"""A lesson tells at its end what it prints, and that is what it prints.

Runs PROGRAM, which has to end with 0. When SOURCE ends with a comment that begins with "It prints:", the rest of that
comment is the expected output, to the letter. `--write` puts today's output there.

usage: check_story.py SOURCE PROGRAM [--write]
"""
import difflib
import pathlib
import re
import subprocess
import sys

STORY = re.compile(r"\n/\*\n \* It prints:\n \*\n(?P<lines>(?: \*(?:   .*)?\n)+) \*/\n\Z")


def told(source: pathlib.Path) -> str | None:
    match = STORY.search(source.read_text())
    return None if match is None else "".join(line[5:].rstrip() + "\n" for line in match["lines"].splitlines())


def write(source: pathlib.Path, printed: str) -> None:
    lines = "".join((" *   " + line).rstrip() + "\n" for line in printed.splitlines())
    source.write_text(STORY.sub("", source.read_text()) + f"\n/*\n * It prints:\n *\n{lines} */\n")


def main() -> int:
    source = pathlib.Path(sys.argv[1])
    run = subprocess.run([sys.argv[2]], capture_output=True, text=True)
    sys.stdout.write(run.stdout)
    sys.stderr.write(run.stderr)
    if run.returncode:
        print(f"{sys.argv[2]} ended with {run.returncode}")
        return 1
    if "--write" in sys.argv:
        write(source, run.stdout)
    expected = told(source)
    if expected is None or expected == run.stdout:
        return 0
    print(f"\n{source} tells another story: run {sys.argv[0]} {source} {sys.argv[2]} --write")
    print("\n".join(difflib.unified_diff(expected.splitlines(), run.stdout.splitlines(), "told", "printed", "")))
    return 1


if __name__ == "__main__":
    sys.exit(main())
