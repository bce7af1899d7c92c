#!/usr/bin/env python3
"""A lesson tells at its end what it prints, and that is what it prints.

Runs PROGRAM in an empty folder; it has to end with 0. When SOURCE ends with a comment that begins with "It prints:",
the rest of that comment is the expected output, to the letter. `--write` puts today's output there.

usage: check_story.py [--write] SOURCE PROGRAM [ARGUMENT…]
"""
import difflib
import pathlib
import re
import subprocess
import sys
import tempfile

STORIES = {
    ".c": re.compile(r"\n/\*\n \* It prints:\n \*\n(?P<lines>(?: \*(?:   .*)?\n)+) \*/\n\Z"),
    ".py": re.compile(r"\n# It prints:\n#\n(?P<lines>(?:#(?:    .*)?\n)+)\Z"),
}


def told(source: pathlib.Path) -> str | None:
    match = STORIES[source.suffix].search(source.read_text()) if source.suffix in STORIES else None
    return None if match is None else "".join(line[5:].rstrip() + "\n" for line in match["lines"].splitlines())


def write(source: pathlib.Path, printed: str) -> None:
    begin, line, end = "\n# It prints:\n#\n", "#    ", ""
    if source.suffix == ".c":
        begin, line, end = "\n/*\n * It prints:\n *\n", " *   ", " */\n"
    lines = "".join((line + text).rstrip() + "\n" for text in printed.splitlines())
    source.write_text(STORIES[source.suffix].sub("", source.read_text()) + begin + lines + end)


def main() -> int:
    words = [word for word in sys.argv[1:] if word != "--write"]
    source = pathlib.Path(words[0]).resolve()
    command = [str(pathlib.Path(word).resolve()) if "/" in word else word for word in words[1:]]
    with tempfile.TemporaryDirectory() as folder:
        run = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    sys.stdout.write(run.stdout)
    sys.stderr.write(run.stderr)
    if run.returncode:
        print(f"{command[0]} ended with {run.returncode}")
        return 1
    if "--write" in sys.argv:
        write(source, run.stdout)
    expected = told(source)
    if expected is None or expected == run.stdout:
        return 0
    print(f"\n{source} tells another story: run {sys.argv[0]} --write {' '.join(words)}")
    print("\n".join(difflib.unified_diff(expected.splitlines(), run.stdout.splitlines(), "told", "printed", "")))
    return 1


if __name__ == "__main__":
    sys.exit(main())
