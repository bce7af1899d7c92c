"""Files on their way into a shop and out of it: pieces of bytes, and callbacks that may raise."""
from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, BinaryIO, Protocol

from . import _ffi, errors
from ._session import Call

FORMATS = {"jsonl": _ffi.SC_CATALOG_JSONL, "csv": _ffi.SC_CATALOG_CSV}


class Writable(Protocol):
    """Whatever takes bytes: an open file, a BytesIO."""

    def write(self, data: bytes, /) -> object: ...


def format_in(format: str) -> int:
    if format not in FORMATS:
        raise errors.BadArgument(errors.BadArgument.code, field="format", text="jsonl or csv")
    return FORMATS[format]


def chunks(file: BinaryIO | Iterable[bytes]) -> Iterator[bytes]:
    read = getattr(file, "read", None)
    if read is None:
        yield from file
        return
    while chunk := read(1 << 16):
        yield chunk


class Rows:
    """Rows of a report for a callback of Python's. What it raises is kept, because it cannot pass through C."""

    def __init__(self, on_row: Callable[[Any], None] | None, convert: Callable[[Any], Any]) -> None:
        self._on_row, self._convert = on_row, convert
        self._raised: list[BaseException] = []

    def __call__(self, _: Any, row: Any) -> None:
        try:
            if self._on_row and not self._raised:
                self._on_row(self._convert(row.contents))
        except BaseException as fault:
            self._raised.append(fault)

    def check(self) -> None:
        if self._raised:
            raise self._raised[0]


def feed(call: Call, file: BinaryIO | Iterable[bytes], rows: Rows, handle: Any, verbs: tuple[Any, Any, Any],
         summary: Any) -> None:
    """Feed a file to a handle by pieces, finish it, free it."""
    feed_it, finish, free = verbs
    try:
        for chunk in chunks(file):
            call.tell(feed_it, handle, chunk, len(chunk))
            rows.check()
        call.tell(finish, handle, _ffi.ref(summary))
    finally:
        free(handle)
    rows.check()
