"""Builds the wheel: compiles the C library with meson and ninja and puts it beside the Python modules.

An editable install (`pip install -e ./bindings/python`) runs the modules where they are, with the library of a build
folder that stays: edit Python and it is there, edit C, run ninja in that folder, and it is there too. A source
distribution has the C sources in a folder `library`, which takes the place of the repository.

A backend of our own, because it then needs nothing but the standard library: `pip install ./bindings/python` works
without a network on a machine with a compiler, meson, ninja and the library's own dependencies. Where meson or ninja is
missing, pip fetches them. SHOPCORE_BUILD names a build folder that is ready, instead of making one.
"""
from __future__ import annotations

import base64
import calendar
import hashlib
import io
import os
import pathlib
import shutil
import subprocess
import sysconfig
import tarfile
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

HERE = pathlib.Path(__file__).resolve().parents[1]
ROOT = HERE / "library" if (HERE / "library").is_dir() else HERE.parents[1]
SOURCES = ("include", "src", "pkgconfig", "meson.build", "meson_options.txt", "LICENSE")  # what the C library is made of
LIBRARIES = ("libshopcore.so.0", "libshopcore-testkit.so.0")
TIME = (2025, 1, 1, 0, 0, 0)  # the same sources make the same wheel


def get_requires_for_build_wheel(config_settings: Mapping[str, Any] | None = None) -> list[str]:
    if os.environ.get("SHOPCORE_BUILD"):
        return []
    return [package for program, package in (("meson", "meson>=1.0"), ("ninja", "ninja")) if not shutil.which(program)]


def get_requires_for_build_editable(config_settings: Mapping[str, Any] | None = None) -> list[str]:
    return get_requires_for_build_wheel(config_settings)


def get_requires_for_build_sdist(config_settings: Mapping[str, Any] | None = None) -> list[str]:
    return []


def build_sdist(sdist_directory: str, config_settings: Mapping[str, Any] | None = None) -> str:
    project = described()
    stem = f"{project['name']}-{project['version']}"
    with tarfile.open(pathlib.Path(sdist_directory) / f"{stem}.tar.gz", "w:gz", format=tarfile.PAX_FORMAT) as sdist:
        for top, folders in ((HERE, ("pyproject.toml", "build_backend", "shopcore")), (ROOT, SOURCES)):
            for path in (path for name in folders for path in files(top / name)):
                inside = path.relative_to(top) if top == HERE else "library" / path.relative_to(top)
                add(sdist, f"{stem}/{inside}", path.read_bytes())
        add(sdist, f"{stem}/PKG-INFO", metadata(project))
    return f"{stem}.tar.gz"


def build_editable(wheel_directory: str, config_settings: Mapping[str, Any] | None = None,
                   metadata_directory: str | None = None) -> str:
    project = described()
    built = pathlib.Path(os.environ.get("SHOPCORE_BUILD") or compiled(HERE / "build")).resolve() / "src"
    pointer = f'"""Where the editable install of shopcore finds its library."""\nFOLDER = {str(built)!r}\n'
    return packed(wheel_directory, project, [("shopcore.pth", f"{HERE}\n".encode()),
                                             ("_shopcore_library.py", pointer.encode())])


def build_wheel(wheel_directory: str, config_settings: Mapping[str, Any] | None = None,
                metadata_directory: str | None = None) -> str:
    with tempfile.TemporaryDirectory() as folder:
        built = pathlib.Path(os.environ.get("SHOPCORE_BUILD") or compiled(pathlib.Path(folder) / "build")) / "src"
        return packed(wheel_directory, described(), modules(built))


def described() -> Mapping[str, Any]:
    project: Mapping[str, Any] = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    return project


def packed(directory: str, project: Mapping[str, Any], inside: Iterable[tuple[str, bytes]]) -> str:
    """Write a wheel with these files; gives its name."""
    stem = f"{project['name']}-{project['version']}"
    tag = "py3-none-" + sysconfig.get_platform().replace("-", "_").replace(".", "_")
    name = f"{stem}-{tag}.whl"
    with zipfile.ZipFile(pathlib.Path(directory) / name, "w", zipfile.ZIP_DEFLATED) as wheel:
        records = [put(wheel, path, data) for path, data in (*inside, *about(project, stem, tag))]
        records.append(f"{stem}.dist-info/RECORD,,")
        put(wheel, f"{stem}.dist-info/RECORD", ("\n".join(records) + "\n").encode())
    return name


def compiled(folder: pathlib.Path) -> pathlib.Path:
    """Build the two libraries and nothing else."""
    if not (folder / "build.ninja").exists():
        subprocess.run(["meson", "setup", str(folder), str(ROOT), "-Dbuildtype=release", "-Dtests=false",
                        "-Dexamples=false"], check=True)
    wanted = subprocess.run(["ninja", "-C", str(folder), "-t", "targets", "all"], check=True, capture_output=True,
                            text=True).stdout
    targets = [line.split(":")[0] for line in wanted.splitlines()
               if line.startswith(tuple(f"src/{name}." for name in LIBRARIES)) and ".p/" not in line
               and not line.split(":")[0].endswith(".symbols")]
    subprocess.run(["ninja", "-C", str(folder), *targets], check=True)
    return folder


def modules(built: pathlib.Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted((HERE / "shopcore").iterdir()):
        if path.suffix == ".py" or path.name == "py.typed":
            yield f"shopcore/{path.name}", path.read_bytes()
    for name in LIBRARIES:
        yield f"shopcore/{name}", (built / name).read_bytes()


def about(project: Mapping[str, Any], stem: str, tag: str) -> Iterator[tuple[str, bytes]]:
    yield f"{stem}.dist-info/METADATA", metadata(project)
    yield f"{stem}.dist-info/LICENSE", (ROOT / "LICENSE").read_bytes()
    lines = ["Wheel-Version: 1.0", "Generator: shopcore_build", "Root-Is-Purelib: false", f"Tag: {tag}"]
    yield f"{stem}.dist-info/WHEEL", ("\n".join(lines) + "\n").encode()


def metadata(project: Mapping[str, Any]) -> bytes:
    lines = ["Metadata-Version: 2.1", f"Name: {project['name']}", f"Version: {project['version']}",
             f"Summary: {project['description']}", f"License: {project['license']['text']}",
             f"Requires-Python: {project['requires-python']}",
             *(f"Classifier: {classifier}" for classifier in project["classifiers"])]
    return ("\n".join(lines) + "\n").encode()


def files(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A file, or all in a folder but what Python keeps for itself."""
    if path.is_file():
        yield path
    for inside in sorted(path.rglob("*")):
        if inside.is_file() and "__pycache__" not in inside.parts:
            yield inside


def add(sdist: tarfile.TarFile, name: str, data: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode, entry.mtime = len(data), 0o644, int(calendar.timegm((*TIME, 0, 0, 0)))
    sdist.addfile(entry, io.BytesIO(data))


def put(wheel: zipfile.ZipFile, path: str, data: bytes) -> str:
    """Write a file; gives its line of RECORD."""
    entry = zipfile.ZipInfo(path, TIME)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = (0o755 if ".so" in path else 0o644) << 16
    wheel.writestr(entry, data)
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{path},sha256={digest},{len(data)}"
