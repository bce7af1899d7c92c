#!/usr/bin/python3
"""Writes what the Python package has to say about the C headers: run it after a header changed.

Two files end in such a part, below a line that says so: shopcore/_ffi.py has every constant, struct and function,
shopcore/errors.py one exception a status. The result is committed, so nobody needs this to build or use the package;
a test compares the committed files with the headers.

usage: declare.py [--check]     run it from anywhere; --check changes nothing and fails when something would change
"""
from __future__ import annotations

import pathlib
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
PACKAGE = HERE.parent / "shopcore"
MARK = "# ---- below this line: written by tools/declare.py from the headers"
WIDTH = 120

SCALARS = {
    "char": "c_char", "int": "c_int", "double": "c_double", "_Bool": "c_bool", "bool": "c_bool", "size_t": "c_size_t",
    "int8_t": "c_int8", "int16_t": "c_int16", "int32_t": "c_int32", "int64_t": "c_int64", "uint8_t": "c_uint8",
    "uint16_t": "c_uint16", "uint32_t": "c_uint32", "uint64_t": "c_uint64",
}
LIMITS = {"INT64_MAX": (1 << 63) - 1, "INT64_MIN": -(1 << 63), "UINT32_MAX": (1 << 32) - 1}
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\w+|\.\.\.|<<|[^\s\w]')


# What needs the declarations, and so stands below them.
AFTER = """
# What the initialisers of the C headers set, beside the size.
INITIAL: dict[type[Structure], dict[str, Any]] = {
    sc_shop_options: dict(
        currency=b"USD", hold_ttl_ms=600000, cart_lifetime_ms=2592000000, quote_ttl_ms=900000,
        key_lifetime_ms=604800000, payment_patience_ms=30000, payment_resume_ms=30000, payment_attempts_max=5,
        lapsed_policy=SC_LAPSED_HOLD_AGAIN),
    sc_error: dict(index=-1),
    sc_export_options: dict(page=200),
    sc_fake_gateway_options: dict(slow_ms=30000),
    sc_import_options: dict(batch_lines=500, line_max=SC_BODY_MAX),
    sc_memory_options: dict(remembers_ms=2592000000),
    sc_prices_file_options: dict(batch_lines=1000),
    sc_prices_options: dict(rounding=SC_ROUND_HALF_UP, step_minor=1),
    sc_search_request: dict(limit=20),
    sc_tick_bound: dict(items=1000, time_ms=1000),
}

lib: Any = _open("libshopcore.so.0", FUNCTIONS)
env: Any = lib.sc_env_default()"""


# Drivers in libraries of their own, and their headers.
DRIVERS = ("paypal", "postgres", "redis", "stripe")


@dataclass
class Headers:
    """What was found, in the order of the headers."""

    constants: dict[str, int] = field(default_factory=dict)
    enums: set[str] = field(default_factory=set)
    callbacks: list[tuple[str, str, list[str]]] = field(default_factory=list)
    structs: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    opaque: list[str] = field(default_factory=list)
    functions: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    testkit: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    drivers: dict[str, dict[str, tuple[str, list[str]]]] = field(
        default_factory=lambda: {driver: {} for driver in DRIVERS})
    order: list[tuple[str, str]] = field(default_factory=list)


def preprocessed() -> Iterator[tuple[str, str]]:
    """The lines of our own headers after the preprocessor, each with its header."""
    names = sorted(str(path.relative_to(ROOT / "include")) for path in (ROOT / "include").rglob("*.h"))
    source = "".join(f"#include <{name}>\n" for name in names)
    run = subprocess.run(["cc", "-std=c11", "-E", f"-I{ROOT}/include", "-"], input=source, text=True, check=True,
                         capture_output=True)
    header = ""
    for line in run.stdout.splitlines():
        if mark := re.match(r'# \d+ "([^"]+)"', line):
            where = mark[1]
            header = where.split("/include/", 1)[1] if "/include/shopcore/" in where else ""
        elif header and line.strip():
            yield header, line


def declarations() -> Iterator[tuple[str, list[str]]]:
    """Each top-level declaration as tokens, with its header."""
    tokens: list[str] = []
    depth, last = 0, ""
    for header, line in preprocessed():
        for token in TOKEN.findall(line.replace('__attribute__((visibility("default")))', "SC_API")):
            tokens.append(token)
            last = header
            depth += {"{": 1, "(": 1, "}": -1, ")": -1}.get(token, 0)
            if token == ";" and depth == 0:
                yield last, tokens[:-1]
                tokens = []


def split(tokens: list[str], separator: str) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    depth = 0
    for token in tokens:
        depth += {"{": 1, "(": 1, "[": 1, "}": -1, ")": -1, "]": -1}.get(token, 0)
        if token == separator and depth == 0:
            parts.append([])
        else:
            parts[-1].append(token)
    return [part for part in parts if part]


def number(tokens: list[str], known: dict[str, int]) -> int:
    text = " ".join(re.sub(r"^(0x[0-9a-fA-F]+|\d+)[uUlL]+$", r"\1", token) for token in tokens)
    # Our own headers: names, numbers, + - * and <<.
    return int(eval(text.replace("/", "//"), {"__builtins__": {}}, {**LIMITS, **known}))


class Parser:
    def __init__(self) -> None:
        self.found = Headers()
        for header, tokens in declarations():
            self.declaration(header, tokens)
        self.macros()
        for name in self.found.structs:
            if name in self.found.opaque:
                self.found.opaque.remove(name)

    def macros(self) -> None:
        """Plain numbers, such as limits: macros are gone after the preprocessor."""
        simple = re.compile(r"^#define (SC_\w+) +(\(?(?:-?\d|U?INT\d\d_M)[\w* +\-]*?\)?)\s*(?:/\*.*)?$", re.M)
        for header in sorted((ROOT / "include").rglob("*.h")):
            for name, text in simple.findall(header.read_text()):
                if "VERSION" not in name:
                    self.found.constants[name] = number(TOKEN.findall(text), self.found.constants)

    def declaration(self, header: str, tokens: list[str]) -> None:
        if "SC_API" in tokens:
            self.function(header, tokens[tokens.index("SC_API") + 1:])
        elif tokens[0] == "enum" or tokens[:2] == ["typedef", "enum"]:
            self.enum(tokens)
        elif tokens[:2] == ["typedef", "struct"]:
            if "{" in tokens:
                self.struct(tokens)
            elif tokens[2] not in self.found.opaque:
                self.found.opaque.append(tokens[2])

    def enum(self, tokens: list[str]) -> None:
        if tokens[0] == "typedef":
            self.found.enums.add(tokens[-1])
        start, end = tokens.index("{"), len(tokens) - 1 - tokens[::-1].index("}")
        value = -1
        for member in split(tokens[start + 1:end], ","):
            value = number(member[2:], self.found.constants) if "=" in member else value + 1
            self.found.constants[member[0]] = value

    def struct(self, tokens: list[str]) -> None:
        name = tokens[-1]
        start, end = tokens.index("{"), len(tokens) - 1 - tokens[::-1].index("}")
        members: list[tuple[str, str]] = []
        for member in split(tokens[start + 1:end], ";"):
            if "(" in member:
                label = member[member.index("(") + 2]
                members.append((label, self.callback(name, label, member)))
                continue
            base, *others = split(member, ",")
            first = next(i for i in range(len(base)) if base[i + 1:] == [] or base[i + 1] == "[")
            plain = [token for token in base[:first] if token != "*"]
            for declarator in [base, *[plain + other for other in others]]:
                members.append(self.member(declarator))
        names = {label for label, _ in members}
        # Bytes with a size beside them may hold NULs, which c_char_p would stop at.
        members = [(label, "POINTER(c_char)" if kind == "c_char_p" and f"{label}_size" in names else kind)
                   for label, kind in members]
        self.found.structs[name] = members
        self.found.order.append(("struct", name))

    def member(self, tokens: list[str]) -> tuple[str, str]:
        sizes: list[str] = []
        while tokens[-1] == "]":
            start = len(tokens) - 1 - tokens[::-1].index("[")
            sizes.append(str(number(tokens[start + 1:-1], self.found.constants)))
            tokens = tokens[:start]
        kind = self.kind(tokens[:-1])
        for size in sizes:
            kind = f"{kind} * {size}"
        return tokens[-1], kind

    def kind(self, tokens: list[str]) -> str:
        stars = tokens.count("*")
        word = next(token for token in tokens if token not in ("const", "*", "struct", "unsigned"))
        if word == "void":
            return "None" if not stars else "c_void_p" if stars == 1 else "POINTER(c_void_p)"
        if word == "char" and stars == 1 and "const" not in tokens:
            return "POINTER(c_char)"  # room for text, or a place inside of a buffer
        if word == "char" and stars:
            return "POINTER(" * (stars - 1) + "c_char_p" + ")" * (stars - 1)
        if word in self.found.enums:
            base = "c_int"
        elif word in SCALARS:
            base = SCALARS[word]
        elif word in self.found.structs or word in self.found.opaque:
            base = word
        else:
            return "c_void_p"  # a struct that only the library knows, such as an arena's block
        return "POINTER(" * stars + base + ")" * stars

    def parameters(self, tokens: list[str]) -> list[str]:
        kinds: list[str] = []
        for parameter in split(tokens, ","):
            if parameter == ["void"]:
                continue
            if "(" in parameter:
                inside = parameter[parameter.index(")") + 2:-1]
                result = self.kind(parameter[:parameter.index("(")])
                kinds.append(f"CFUNCTYPE({', '.join([result, *self.parameters(inside)])})")
                continue
            array = "[" in parameter
            if array:
                parameter = parameter[:parameter.index("[")]
            named = len([token for token in parameter if token not in ("const", "*", "struct")]) > 1
            kind = self.kind(parameter[:-1] if named else parameter)
            kinds.append(f"POINTER({kind})" if array else kind)
        return kinds

    def callback(self, struct: str, label: str, tokens: list[str]) -> str:
        result = self.kind(tokens[:tokens.index("(")])
        start = tokens.index(")") + 1
        name = f"{struct}_{label}"
        self.found.callbacks.append((name, result, self.parameters(tokens[start + 1:-1])))
        self.found.order.append(("callback", name))
        return name

    def function(self, header: str, tokens: list[str]) -> None:
        start = tokens.index("(")
        name = tokens[start - 1]
        result = self.kind(tokens[:start - 1])
        where = self.found.functions
        if "/testkit/" in header:
            where = self.found.testkit
        elif (driver := pathlib.PurePath(header).stem) in DRIVERS:
            where = self.found.drivers[driver]
        where[name] = (result, self.parameters(tokens[start + 1:-1]))


def wrapped(head: str, items: list[str], tail: str, indent: str) -> str:
    """`head items tail`, on one line when it fits."""
    line = head + ", ".join(items) + tail
    if len(line) <= WIDTH:
        return line
    body = textwrap.wrap(", ".join(item.replace(" ", "\0") for item in items), WIDTH - len(tail), initial_indent=indent,
                         subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    return head.rstrip() + "\n" + "\n".join(body).replace("\0", " ") + tail


def ffi_part(found: Headers) -> str:
    out = ["\n# Constants.\n"]
    out += [f"{name} = {value}" for name, value in found.constants.items()]
    out.append("\n\n# Structs that only the library looks into.\n")
    for name in found.opaque:
        out.append(f"\nclass {name}(Structure):\n    pass\n")
    out.append("\n# Structs, and the types of the functions that ports are made of.\n")
    callbacks = {name: (result, kinds) for name, result, kinds in found.callbacks}
    for what, name in found.order:
        if what == "callback":
            result, kinds = callbacks[name]
            out.append(wrapped(f"{name} = CFUNCTYPE(", [result, *kinds], ")", "    "))
        else:
            pairs = [f'("{label}", {kind})' for label, kind in found.structs[name]]
            out.append(f"\nclass {name}(Structure):\n" + wrapped("    _fields_ = [", pairs, "]", "        ") + "\n")
    for title, label, table in (("libshopcore", "FUNCTIONS", found.functions),
                                ("libshopcore-testkit", "TESTKIT_FUNCTIONS", found.testkit),
                                *((f"libshopcore-{driver}", f"{driver.upper()}_FUNCTIONS", table)
                                  for driver, table in found.drivers.items())):
        out.append(f"\n# Every function that {title} exports: what it gives, and what it takes.")
        out.append(f"{label}: dict[str, tuple[Any, list[Any]]] = {{")
        out += [wrapped(f'    "{name}": ({result}, [', kinds, "]),", "        ")
                for name, (result, kinds) in table.items()]
        out.append("}")
    out.append("\n# Every struct that is declared above.")
    out += [wrapped("STRUCTS: list[type[Structure]] = [", [name for what, name in found.order if what == "struct"], "]",
                    "    ")]
    out.append(AFTER)
    return "\n".join(out) + "\n"


def camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def errors_part() -> str:
    rows = re.findall(r'X\((\w+), (-\d+), +"([^"]+)"\)', (ROOT / "include/shopcore/status.h").read_text())
    families = {-1: "Refusal", -3: "BadInput", -5: "Failure", -9: "Unknown"}
    out = []
    for name, code, text in rows:
        family = families[-(-int(code) // 100)]
        out.append(f'\n\nclass {camel(name)}({family}):\n    """{text[0].upper() + text[1:]}."""\n\n    code = {code}')
    out.append("\n\nBY_STATUS: dict[int, type[ShopError]] = {")
    out += [f"    {code}: {camel(name)}," for name, code, _ in rows]
    out.append("}")
    return "\n".join(out) + "\n"


def put(path: pathlib.Path, part: str, check: bool) -> bool:
    """Put the part below the mark. False: `check`, and it would have changed something."""
    head, mark, old = path.read_text().partition(MARK + "\n")
    if not mark:
        sys.exit(f"{path} has no line {MARK!r}")
    if old == part:
        return True
    if not check:
        path.write_text(head + mark + part)
        print(f"{path.relative_to(ROOT)} changed")
    return not check


def main() -> int:
    check = "--check" in sys.argv
    done = [put(PACKAGE / "_ffi.py", ffi_part(Parser().found), check), put(PACKAGE / "errors.py", errors_part(), check)]
    if not all(done):
        print("the headers changed: run bindings/python/tools/declare.py and commit what it writes")
    return 0 if all(done) else 1


if __name__ == "__main__":
    sys.exit(main())
