"""The wheel: pip builds it, it carries the library, and it works where nothing else is set."""
from __future__ import annotations

import os
import pathlib
import subprocess
import sys
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
