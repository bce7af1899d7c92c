"""The functions that public headers declare with SC_API, with their comments. Shared by the checks."""
import pathlib
import re
from dataclasses import dataclass

# Headers of drivers in libraries of their own, which a build may leave out, and the name of the library.
OWN_LIBRARIES = {
    "shopcore/paypal.h": "libshopcore-paypal",
    "shopcore/postgres.h": "libshopcore-postgres",
    "shopcore/redis.h": "libshopcore-redis",
    "shopcore/stripe.h": "libshopcore-stripe",
}

DECLARATION = re.compile(
    r"(?:/\*\*(?P<comment>(?:(?!\*/).)*)\*/\s*)?^SC_API\s+(?P<text>[^;{]*?\b(?P<name>sc_\w+)\s*\((?P<args>[^;]*)\))[^;()]*;",
    re.S | re.M)


@dataclass(frozen=True)
class Declaration:
    header: str
    name: str
    text: str
    comment: str | None


def declarations(include: pathlib.Path) -> list[Declaration]:
    found = []
    for header in sorted(include.rglob("*.h")):
        for match in DECLARATION.finditer(header.read_text()):
            text = " ".join(match["text"].split())
            found.append(Declaration(str(header.relative_to(include)), match["name"], text, match["comment"]))
    return found


def marks(include: pathlib.Path) -> int:
    """How many SC_API marks there are, so that a declaration the pattern misses is noticed."""
    count = 0
    for header in sorted(include.rglob("*.h")):
        count += sum(1 for line in header.read_text().splitlines() if line.startswith("SC_API "))
    return count
