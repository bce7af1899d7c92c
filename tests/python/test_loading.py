"""Finding the C library, and saying plainly when it is not there."""
from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

from conftest import ROOT

PACKAGE = ROOT / "bindings/python/shopcore"


def python(code: str, folder: pathlib.Path, library: str | None) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("SHOPCORE_LIBRARY", "LD_LIBRARY_PATH")}
    if library is not None:
        kept["SHOPCORE_LIBRARY"] = library
    return subprocess.run([sys.executable, "-c", code], env={**kept, "PYTHONPATH": str(folder)}, capture_output=True,
                          text=True)


def test_a_missing_library_is_named_with_the_places_that_were_tried(tmp_path: pathlib.Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "shopcore", ignore=shutil.ignore_patterns("*.so*"))
    run = python("import shopcore", tmp_path, str(tmp_path))
    assert run.returncode and "LibraryMissing" in run.stderr and "libshopcore.so.0 was not found" in run.stderr
    assert f"{tmp_path}/libshopcore.so.0" in run.stderr and "SHOPCORE_LIBRARY" in run.stderr


def test_the_named_library_comes_before_the_one_beside_the_package(tmp_path: pathlib.Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "shopcore")
    (tmp_path / "shopcore/libshopcore.so.0").write_text("no library")
    named = os.environ["SHOPCORE_LIBRARY"]
    for library in (named, f"{named}/libshopcore.so.0"):
        run = python("import shopcore; shopcore.FakeGateway().close()", tmp_path, library)
        assert run.returncode == 0, run.stderr


def test_the_library_beside_the_package_is_found_without_being_named(tmp_path: pathlib.Path) -> None:
    shutil.copytree(PACKAGE, tmp_path / "shopcore")
    for name in ("libshopcore.so.0", "libshopcore-testkit.so.0"):
        shutil.copy(pathlib.Path(os.environ["SHOPCORE_LIBRARY"]) / name, tmp_path / "shopcore" / name)
    run = python("import shopcore; shopcore.FakeGateway().close()", tmp_path, None)
    assert run.returncode == 0, run.stderr


def test_another_version_of_the_library_is_named_as_such(tmp_path: pathlib.Path) -> None:
    source = tmp_path / "empty.c"
    source.write_text("int nothing;\n")
    subprocess.run(["cc", "-shared", "-fPIC", str(source), "-o", str(tmp_path / "libshopcore.so.0")], check=True)
    run = python("import shopcore", PACKAGE.parent, str(tmp_path))
    assert run.returncode and "has no sc_version: it is another version than this package" in run.stderr
