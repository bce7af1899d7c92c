"""The declarations of _ffi.py against the headers: nothing is missing, nothing has another shape."""
from __future__ import annotations

import ast
import re
import subprocess
import sys

import pytest
from conftest import ROOT
from shopcore import _ffi, errors

PACKAGE = ROOT / "bindings/python/shopcore"
DRIVERS = {"shopcore/paypal.h": _ffi.PAYPAL_FUNCTIONS, "shopcore/postgres.h": _ffi.POSTGRES_FUNCTIONS,
           "shopcore/redis.h": _ffi.REDIS_FUNCTIONS, "shopcore/stripe.h": _ffi.STRIPE_FUNCTIONS}


def parameters(text: str) -> int:
    """How many parameters a C declaration has: commas outside of inner parentheses."""
    inside = text[text.index("(") + 1:text.rindex(")")]
    while (flat := re.sub(r"\([^()]*\)", "", inside)) != inside:
        inside = flat
    return 0 if inside.strip() in ("", "void") else inside.count(",") + 1


def test_every_exported_function_is_declared_with_as_many_arguments() -> None:
    from declarations import OWN_LIBRARIES, declarations, marks
    assert set(DRIVERS) == set(OWN_LIBRARIES)
    found = declarations(ROOT / "include")
    assert len(found) == marks(ROOT / "include") and len(found) > 100
    declared = {**_ffi.FUNCTIONS, **_ffi.TESTKIT_FUNCTIONS}
    for table in DRIVERS.values():
        declared.update(table)
    assert {each.name for each in found} == set(declared)
    wrong = [each.name for each in found if parameters(each.text) != len(declared[each.name][1])]
    assert wrong == []


def test_a_function_is_looked_for_in_the_library_that_has_it() -> None:
    from declarations import declarations
    for each in declarations(ROOT / "include"):
        table = _ffi.TESTKIT_FUNCTIONS if "/testkit/" in each.header else _ffi.FUNCTIONS
        assert each.name in DRIVERS.get(each.header, table)


def test_the_loaded_libraries_know_the_types() -> None:
    for library, table in ((_ffi.lib, _ffi.FUNCTIONS), (_ffi.testkit(), _ffi.TESTKIT_FUNCTIONS)):
        for name, (result, arguments) in table.items():
            function = getattr(library, name)
            assert function.restype is result and function.argtypes == arguments


def test_the_committed_files_are_what_the_tool_writes() -> None:
    run = subprocess.run([sys.executable, str(ROOT / "bindings/python/tools/declare.py"), "--check"],
                         capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


def test_only_one_module_touches_ctypes() -> None:
    for path in PACKAGE.glob("*.py"):
        imported = {alias.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Import)
                    for alias in node.names}
        imported |= {node.module or "" for node in ast.walk(ast.parse(path.read_text()))
                     if isinstance(node, ast.ImportFrom)}
        assert ("ctypes" in imported) == (path.name == "_ffi.py"), path


def test_every_status_has_an_exception_of_its_family() -> None:
    table = re.findall(r"X\((\w+), (-\d+),", (ROOT / "include/shopcore/status.h").read_text())
    codes = {int(code): name for name, code in table}
    assert set(errors.BY_STATUS) == set(codes)
    families = {"refusal": errors.Refusal, "bad_input": errors.BadInput, "failure": errors.Failure,
                "unknown": errors.Unknown}
    for code, kind in errors.BY_STATUS.items():
        assert kind.code == code and kind.__name__.upper() == codes[code].replace("_", "")
        for name, family in families.items():
            assert getattr(_ffi.lib, f"sc_status_is_{name}")(code) == issubclass(kind, family)


@pytest.mark.parametrize("name", ["SC_PAGE_MAX", "SC_HOLD_COMMITTED", "SC_GATEWAY_REFUND", "SC_NEVER"])
def test_constants_are_there(name: str) -> None:
    assert isinstance(getattr(_ffi, name), int)
