#!/usr/bin/env python3
"""Each public function's comment says what a caller has to know.

It needs: a first sentence, Ownership, Threads, Returns, Idempotent, Since; and when it returns an sc_status,
at least one status by name, and when several, the order they are checked in.

usage: check_comments.py INCLUDE_DIR
"""
import pathlib
import re
import sys

from declarations import declarations

WORDS = ("Ownership:", "Threads:", "Idempotent:", "Since:")


def faults(text: str, comment: str | None) -> list[str]:
    if comment is None:
        return ["has no comment"]
    plain = " ".join(re.sub(r"^\s*\*", "", line) for line in comment.splitlines())
    plain = " ".join(plain.split())
    found = [f"does not say {word}" for word in WORDS if word not in plain]
    if len(plain.split(".")[0]) < 10:
        found.append("does not begin with a sentence")
    if not re.search(r"Returns(, in this order)?:", plain):
        found.append("does not say Returns:")
    if text.startswith("sc_status "):
        statuses = set(re.findall(r"\bSC_[A-Z_]+\b", plain.split("Returns", 1)[-1]))
        if not statuses:
            found.append("names no status")
        if len(statuses) > 3 and "in this order:" not in plain:
            found.append("names several statuses but not the order they are checked in")
    return found


def main() -> int:
    failed = 0
    checked = declarations(pathlib.Path(sys.argv[1]))
    for entry in checked:
        for fault in faults(entry.text, entry.comment):
            failed += 1
            print(f"{entry.header}: {entry.name} {fault}")
    print(f"{len(checked)} functions, {failed} faults")
    return 1 if failed or not checked else 0


if __name__ == "__main__":
    sys.exit(main())
