#!/usr/bin/env python3
"""Code in the documentation is code that runs.

A fenced block below a comment like <!-- examples/01_buy_a_mug.c --> is that file, to the letter, but for the comment
the file begins with; the file is built and run by the tests. Names behind the file, as in
<!-- examples/drivers/shelf/shelf.c shelf_begin shelf_read -->, show these functions, types or constants alone, and
"prints" shows what the program prints as it says at its end (see check_story.py). A ```c block without such a line has to compile; when it
has no function it is the inside of one that was given `shop`, `call`, `arena` and `err`. `--write` copies the files into the pages.

usage: check_snippets.py SOURCE_ROOT [--write]
"""
import pathlib
import re
import subprocess
import sys
import tempfile

import check_story

QUOTED = re.compile(r"(<!-- (?P<file>[\w./-]+)(?P<names>(?: \w+)*) -->\n```(?P<language>\w+)\n)(?P<code>.*?)(?P<end>^```$)", re.S | re.M)
PLAIN = re.compile(r"(?<!-->\n)^```c\n(?P<code>.*?)^```$", re.S | re.M)
INSIDE = """void snippet(sc_shop *shop, sc_call call, sc_arena arena, sc_error err);
void snippet(sc_shop *shop, sc_call call, sc_arena arena, sc_error err)
{{
{}}}
"""
HEAD = re.compile(r"\A/\*.*?\*/\n", re.S)


def pages(root: pathlib.Path) -> list[pathlib.Path]:
    return [root / "README.md", *sorted((root / "docs").rglob("*.md"))]


def chunk(text: str, name: str) -> str:
    """The part of a C file between two blank lines that declares a name, with the comment on top of it."""
    for part in re.split(r"\n\n(?=\S)", text):
        code = re.sub(r"\A(/\*.*?\*/\s*)+", "", part, flags=re.S)
        if re.search(rf"\b{name}\b", code.split("{")[0]):
            return part.rstrip("\n") + "\n"
    return f"there is no {name}\n"


def quoted(root: pathlib.Path, name: str, names: list[str]) -> str:
    file = root / name
    if names == ["prints"]:
        return check_story.told(file) or "it does not say\n"
    text = HEAD.sub("", file.read_text())
    return "\n".join(chunk(text, one) for one in names) if names else text


def shown(root: pathlib.Path, match: re.Match[str]) -> str:
    return quoted(root, match["file"], match["names"].split())


def write(root: pathlib.Path) -> None:
    for page in pages(root):
        text = page.read_text()
        page.write_text(QUOTED.sub(lambda match: match[1] + shown(root, match) + match["end"], text))


def compiles(root: pathlib.Path, code: str) -> str:
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "snippet.c"
        body = code if re.search(r"^\w[^;]*\)\n?\s*\{", code, re.M) else INSIDE.format(code)
        source.write_text("#include <shopcore/shopcore.h>\n#include <stdio.h>\n#include <string.h>\n" + body)
        run = subprocess.run(["cc", "-std=c11", "-fsyntax-only", "-Wall", "-Werror", "-Wno-unused", f"-I{root}/include",
                              str(source)], capture_output=True, text=True)
        return run.stderr if run.returncode else ""


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    if "--write" in sys.argv:
        write(root)
    failed = checked = 0
    for page in pages(root):
        text = page.read_text()
        for match in QUOTED.finditer(text):
            checked += 1
            if match["code"] != shown(root, match):
                failed += 1
                print(f"{page.relative_to(root)} does not show {match['file']} as it is: run {sys.argv[0]} . --write")
        for match in PLAIN.finditer(text):
            checked += 1
            fault = compiles(root, match["code"])
            if fault:
                failed += 1
                print(f"{page.relative_to(root)}: a block does not compile:\n{fault}")
    print(f"{checked} blocks, {failed} faults")
    return 1 if failed or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
