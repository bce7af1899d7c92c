#!/usr/bin/env python3
"""The table of docs/conformance.md: which driver passes how much of which suite.

usage: conformance_table.py NOTES PAGE [--write]

NOTES is the folder in which the suites noted what they came to (tests/conformance/suite.c). The page has to be what
these notes give; with --write it becomes that. Exit status 77: not every suite that the page names was run here.
"""
import pathlib
import re
import sys

SUITES = ("store", "gateway", "search", "notifier", "event sink")
HEAD = """# Conformance

Each port has a suite of cases (`shopcore/testkit/conformance.h`); `docs/guide/write-a-driver.md` shows how to run one
on a driver of your own. This page is written by `tests/tools/conformance_table.py` out of what the suites noted while
`tests/run` ran them, and the run fails when it says anything else.

A number is how many cases passed. "of" stands where some were skipped, because they need what is optional and that
driver does not offer; none failed. `mixed` has no line: its groups across stores are sagas, which promise less in two
cases (one that is refused may leave a released hold behind, and positions of two stores do not compare), so it has
tests of its own (`tests/unit/wrappers/test_mixed.c`, `tests/sim`).

"""


class Notes:
    def __init__(self, path: pathlib.Path) -> None:
        first, *self.skipped = path.read_text().splitlines()
        group, *counts = first.split("\t")
        found = re.fullmatch(r"(.+?) suite on (?:the )?(.+)", group)
        if found is None:
            sys.exit(f"{path}: a group is named \"SUITE suite on DRIVER\"")
        self.suite, self.driver = found.groups()
        self.passed, self.failed, skipped = map(int, counts)
        self.cases = self.passed + self.failed + skipped

    def cell(self) -> str:
        text = str(self.passed) if self.passed == self.cases else f"{self.passed} of {self.cases}"
        return text if not self.failed else f"{text}, {self.failed} FAILED"


def table(notes: list[Notes]) -> str:
    suites = [suite for suite in SUITES if any(note.suite == suite for note in notes)]
    lines = ["| driver | " + " | ".join(suites) + " |", "|---" * (len(suites) + 1) + "|"]
    drivers = sorted({note.driver for note in notes}, key=lambda name: (
        min(SUITES.index(note.suite) for note in notes if note.driver == name), name.lower()))
    for driver in drivers:
        cells = {note.suite: note.cell() for note in notes if note.driver == driver}
        lines.append(f"| {driver} | " + " | ".join(cells.get(suite, "") for suite in suites) + " |")
    return "\n".join(lines) + "\n"


def skipped(notes: list[Notes]) -> str:
    where: dict[str, list[str]] = {}
    for note in notes:
        for name in note.skipped:
            where.setdefault(name, []).append(note.driver)
    if not where:
        return ""
    lines = ["\n| skipped | on |", "|---|---|"]
    lines += [f"| {name.replace('_', ' ')} | {'; '.join(sorted(drivers, key=str.lower))} |"
              for name, drivers in sorted(where.items())]
    return "\n".join(lines) + "\n"


def rows(page: str) -> set[str]:
    return set(re.findall(r"^\| ([^|]+) \|", page.split("| skipped |")[0], re.M)) - {"driver"}


def main() -> int:
    folder, page = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    notes = [Notes(path) for path in sorted(folder.iterdir())] if folder.is_dir() else []
    text = HEAD + table(notes) + skipped(notes)
    if "--write" in sys.argv[3:]:
        page.write_text(text)
        return 0
    committed = page.read_text()
    missing = rows(committed) - {note.driver for note in notes}
    if missing:
        print("not run here:", ", ".join(sorted(missing)))
        return 77
    if committed != text:
        print(f"{page} is not what the run gave. To write it anew: {sys.argv[0]} {folder} {page} --write\n\n{text}")
        return 1
    print(f"{len(notes)} suites came to what {page.name} says")
    return 0


if __name__ == "__main__":
    sys.exit(main())
