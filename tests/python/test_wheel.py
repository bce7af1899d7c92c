"""The wheel: pip builds it, it carries the library, and it works where nothing else is set."""
from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import tarfile
import venv
import zipfile

import pytest
from conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps", "--no-build-isolation",
                    "--wheel-dir", str(folder), str(ROOT / "bindings/python")], check=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_the_modules_the_types_and_both_libraries(wheel: pathlib.Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    modules = {f"shopcore/{path.name}" for path in (ROOT / "bindings/python/shopcore").glob("*.py")}
    assert modules | {"shopcore/py.typed", "shopcore/libshopcore.so.0", "shopcore/libshopcore-testkit.so.0"} <= names
    assert wheel.name.startswith("shopcore-0.1.0-py3-none-linux")


def test_what_was_installed_buys_a_mug_with_nothing_set(wheel: pathlib.Path, tmp_path: pathlib.Path) -> None:
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv/bin/python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-index"]
    subprocess.run([*pip, str(wheel)], check=True)
    kept = {name: value for name, value in os.environ.items()
            if name not in ("SHOPCORE_LIBRARY", "SHOPCORE_BUILD", "PYTHONPATH", "LD_LIBRARY_PATH")}
    run = subprocess.run([str(python), str(ROOT / "examples/python/01_buy_a_mug.py")], env=kept, cwd=tmp_path,
                         capture_output=True, text=True)
    assert run.returncode == 0 and run.stdout.endswith(": 25.00 USD\n"), run.stderr
    where = subprocess.run([str(python), "-c", "import shopcore; print(shopcore.__file__)"], env=kept, cwd=tmp_path,
                           capture_output=True, text=True)
    assert str(tmp_path) in where.stdout


@pytest.fixture(scope="module")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("sdist")
    asked = "import shopcore_build, sys; print(shopcore_build.build_sdist(sys.argv[1]))"
    subprocess.run([sys.executable, "-c", asked, str(folder)], check=True, cwd=ROOT / "bindings/python",
                   env={**os.environ, "PYTHONPATH": str(ROOT / "bindings/python/build_backend")}, capture_output=True)
    return next(folder.glob("shopcore-*.tar.gz"))


def bought(python: pathlib.Path, kept: dict[str, str], folder: pathlib.Path) -> str:
    """What is printed by a purchase with what is installed there, and where that is."""
    code = (ROOT / "examples/python/01_buy_a_mug.py").read_text() + "\nimport shopcore; print(shopcore.__file__)"
    run = subprocess.run([str(python), "-c", code], env=kept, cwd=folder, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture
def python(tmp_path: pathlib.Path) -> pathlib.Path:
    venv.create(tmp_path / "venv", with_pip=False)
    return tmp_path / "venv/bin/python"


@pytest.fixture
def unset() -> dict[str, str]:
    return {name: value for name, value in os.environ.items()
            if name not in ("SHOPCORE_LIBRARY", "SHOPCORE_BUILD", "PYTHONPATH", "LD_LIBRARY_PATH")}


def installed(python: pathlib.Path, *what: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-index",
                    "--no-build-isolation", *what], check=True)


def test_an_editable_install_runs_the_sources_with_the_library_of_a_build(
        python: pathlib.Path, unset: dict[str, str], tmp_path: pathlib.Path) -> None:
    installed(python, "-e", str(ROOT / "bindings/python"))
    printed = bought(python, unset, tmp_path)
    assert ": 25.00 USD\n" in printed
    assert printed.splitlines()[-1] == str(ROOT / "bindings/python/shopcore/__init__.py")


def test_a_source_distribution_has_all_that_the_library_is_made_of(sdist: pathlib.Path, tmp_path: pathlib.Path) -> None:
    with tarfile.open(sdist) as archive:
        names = set(archive.getnames())
        archive.extractall(tmp_path)
    stem = "shopcore-0.1.0"
    sources = {f"{stem}/library/{path.relative_to(ROOT)}" for folder in ("src", "include")
               for path in (ROOT / folder).rglob("*") if path.is_file()}
    assert sources | {f"{stem}/PKG-INFO", f"{stem}/pyproject.toml", f"{stem}/library/LICENSE"} <= names
    assert not any("__pycache__" in name or name.endswith(".so.0") for name in names)
    subprocess.run(["meson", "setup", str(tmp_path / "build"), str(tmp_path / stem / "library"), "-Dtests=false",
                    "-Dexamples=false"], check=True, capture_output=True)


def test_a_source_distribution_installs(sdist: pathlib.Path, python: pathlib.Path, unset: dict[str, str],
                                        tmp_path: pathlib.Path) -> None:
    installed(python, str(sdist))
    assert ": 25.00 USD\n" in bought(python, unset, tmp_path)
