"""Builds the wheel: compiles the C library with meson and ninja and puts it beside the Python modules.

A backend of our own, because it then needs nothing but the standard library: `pip install ./bindings/python` works
without a network on a machine with a compiler, meson, ninja and the library's own dependencies. Where meson or ninja is
missing, pip fetches them. SHOPCORE_BUILD names a build folder that is ready, instead of making one.
"""
from __future__ import annotations

import base64
import hashlib
import os
import pathlib
import shutil
import subprocess
import sysconfig
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

HERE = pathlib.Path(__file__).resolve().parents[1]
ROOT = HERE.parents[1]
LIBRARIES = ("libshopcore.so.0", "libshopcore-testkit.so.0")
TIME = (2025, 1, 1, 0, 0, 0)  # the same sources make the same wheel


class UnsupportedOperation(Exception):
    """What this backend does not do; pip knows it by its name."""


def get_requires_for_build_wheel(config_settings: Mapping[str, Any] | None = None) -> list[str]:
    if os.environ.get("SHOPCORE_BUILD"):
        return []
    return [package for program, package in (("meson", "meson>=1.0"), ("ninja", "ninja")) if not shutil.which(program)]


def build_sdist(sdist_directory: str, config_settings: Mapping[str, Any] | None = None) -> str:
    raise UnsupportedOperation("the C sources are two folders up: build a wheel from the repository instead")


def build_wheel(wheel_directory: str, config_settings: Mapping[str, Any] | None = None,
                metadata_directory: str | None = None) -> str:
    project = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    stem = f"{project['name']}-{project['version']}"
    tag = "py3-none-" + sysconfig.get_platform().replace("-", "_").replace(".", "_")
    name = f"{stem}-{tag}.whl"
    records: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        built = pathlib.Path(os.environ.get("SHOPCORE_BUILD") or compiled(pathlib.Path(folder) / "build")) / "src"
        with zipfile.ZipFile(pathlib.Path(wheel_directory) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
            for path, data in contents(built, project, stem, tag):
                records.append(put(wheel, path, data))
            records.append(f"{stem}.dist-info/RECORD,,")
            put(wheel, f"{stem}.dist-info/RECORD", ("\n".join(records) + "\n").encode())
    return name


def compiled(folder: pathlib.Path) -> pathlib.Path:
    """Build the two libraries and nothing else."""
    subprocess.run(["meson", "setup", str(folder), str(ROOT), "-Dbuildtype=release", "-Dtests=false"], check=True)
    wanted = subprocess.run(["ninja", "-C", str(folder), "-t", "targets", "all"], check=True, capture_output=True,
                            text=True).stdout
    targets = [line.split(":")[0] for line in wanted.splitlines()
               if line.startswith(tuple(f"src/{name}." for name in LIBRARIES)) and ".p/" not in line
               and not line.split(":")[0].endswith(".symbols")]
    subprocess.run(["ninja", "-C", str(folder), *targets], check=True)
    return folder


def contents(built: pathlib.Path, project: Mapping[str, Any], stem: str, tag: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted((HERE / "shopcore").iterdir()):
        if path.suffix == ".py" or path.name == "py.typed":
            yield f"shopcore/{path.name}", path.read_bytes()
    for name in LIBRARIES:
        yield f"shopcore/{name}", (built / name).read_bytes()
    yield f"{stem}.dist-info/LICENSE", (ROOT / "LICENSE").read_bytes()
    lines = ["Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {project['version']}",
             f"Summary: {project['description']}", f"License: {project['license']['text']}",
             f"Requires-Python: {project['requires-python']}",
             *(f"Classifier: {classifier}" for classifier in project["classifiers"])]
    yield f"{stem}.dist-info/METADATA", ("\n".join(lines) + "\n").encode()
    lines = ["Wheel-Version: 1.0", "Generator: shopcore_build", "Root-Is-Purelib: false", f"Tag: {tag}"]
    yield f"{stem}.dist-info/WHEEL", ("\n".join(lines) + "\n").encode()


def put(wheel: zipfile.ZipFile, path: str, data: bytes) -> str:
    """Write a file; gives its line of RECORD."""
    entry = zipfile.ZipInfo(path, TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = (0o755 if ".so" in path else 0o644) << 16
    wheel.writestr(entry, data)
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(data)}"
