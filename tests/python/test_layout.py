"""Every struct against what the C compiler makes of it: size, place of each member, initial values, constants."""
from __future__ import annotations

import ctypes
import pathlib
import subprocess

import pytest
from conftest import ROOT
from shopcore import _ffi

HEADERS = sorted(path.relative_to(ROOT / "include") for path in (ROOT / "include").rglob("*.h"))
INCLUDES = "".join(f"#include <{header}>\n" for header in HEADERS)


def answers(folder: pathlib.Path, lines: list[str]) -> list[str]:
    """Compile and run a small program that prints a line for each of `lines`."""
    source = folder / "layout.c"
    source.write_text("\n".join(["#include <stdio.h>", INCLUDES, "int main(void)", "{", *lines, "return 0;", "}", ""]))
    compiler = ["cc", "-std=c11", "-Wall", "-Werror", f"-I{ROOT}/include"]
    subprocess.run([*compiler, str(source), "-o", str(folder / "layout")], check=True)
    return subprocess.run([str(folder / "layout")], check=True, capture_output=True, text=True).stdout.splitlines()


def test_every_struct_has_the_size_and_the_offsets_that_the_compiler_gives_it(tmp_path: pathlib.Path) -> None:
    asked, expected = [], []
    for struct in _ffi.STRUCTS:
        asked.append(f'printf("{struct.__name__} %zu\\n", sizeof({struct.__name__}));')
        expected.append(f"{struct.__name__} {ctypes.sizeof(struct)}")
        for label, *_ in struct._fields_:
            place = getattr(struct, label)
            where = f"{struct.__name__}.{label}"
            asked.append(f'printf("{where} %zu %zu\\n", offsetof({struct.__name__}, {label}),'
                         f" sizeof((({struct.__name__} *)0)->{label}));")
            expected.append(f"{where} {place.offset} {place.size}")
    assert len(_ffi.STRUCTS) > 80
    assert answers(tmp_path, asked) == expected


def test_constants_have_the_values_that_the_compiler_gives_them(tmp_path: pathlib.Path) -> None:
    names = [name for name in vars(_ffi) if name.startswith("SC_")]
    asked = [f'printf("{name} %lld\\n", (long long)({name}));' for name in names]
    assert answers(tmp_path, asked) == [f"{name} {getattr(_ffi, name)}" for name in names]


INITIALISERS = ["SC_SHOP_OPTIONS_INIT", "SC_ERROR_INIT", "SC_FAKE_GATEWAY_OPTIONS_INIT", "SC_IMPORT_OPTIONS_INIT",
                "SC_MEMORY_OPTIONS_INIT", "SC_SQLITE_OPTIONS_INIT", "SC_SEARCH_REQUEST_INIT", "SC_TICK_BOUND_INIT",
                "SC_TICK_REPORT_INIT", "SC_CHECKOUT_REQUEST_INIT", "SC_QUOTE_OPTIONS_INIT", "SC_RESERVE_REQUEST_INIT"]


@pytest.mark.parametrize("name", INITIALISERS)
def test_initial_values_are_those_of_the_initialiser(tmp_path: pathlib.Path, name: str) -> None:
    struct = getattr(_ffi, name.removesuffix("_INIT").lower())
    asked = [f"{struct.__name__} made = {name};", "const unsigned char *byte = (const unsigned char *)&made;",
             'for (size_t i = 0; i < sizeof(made); i++) printf("%02x", byte[i]);', 'puts("");']
    made = bytes.fromhex(answers(tmp_path, asked)[0])
    mine = bytes(_ffi.make(struct))
    for label, *_ in struct._fields_:
        place = getattr(struct, label)
        span = slice(place.offset, place.offset + place.size)
        assert made[span] == mine[span], label
