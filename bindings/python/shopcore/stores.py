"""Stores that are opened apart from a shop: to hand one in, or to put something of your own in front of one."""
from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any

from . import _ffi, errors
from .gateways import log


class Store:
    """A store in use. A shop that it is handed to owns it from then on; otherwise close it yourself."""

    def __init__(self, raw: Any) -> None:
        self._raw = raw

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close it, unless somebody owns it by now."""
        raw, self._raw = self._raw, None
        if raw is not None and raw.ops.contents.close:
            raw.ops.contents.close(raw.ctx)

    def lend(self) -> Any:
        if self._raw is None:
            raise errors.ShopClosed("the store is closed, or belongs to a shop")
        return self._raw

    def give(self) -> Store:
        """Its new owner keeps what is given back for as long as it uses the store."""
        kept = Store(self._raw)
        self._raw = None
        return kept


class MemoryStore(Store):
    """A store in the memory of this process: for tests and tools."""

    def __init__(self) -> None:
        raw = _ffi.sc_store()
        with _ffi.scratch() as mine:
            mine.check(_ffi.lib.sc_memory_open(_ffi.env, None, _ffi.ref(raw), mine.error))
        super().__init__(raw)


class SqliteStore(Store):
    """A store in an SQLite file: the system of record for one machine."""

    def __init__(self, name: str, *, exclusive: bool = False) -> None:
        raw = _ffi.sc_store()
        options = _ffi.make(_ffi.sc_sqlite_options, exclusive=exclusive)
        with _ffi.scratch() as mine:
            mine.check(_ffi.lib.sc_sqlite_open(_ffi.env, _ffi.text(name, "name"), _ffi.ref(options), _ffi.ref(raw),
                                               mine.error))
        super().__init__(raw)


class StoreWrapper(Store):
    """A store port written in Python, in front of another store: subclass it and override `around`.

    Every operation of the port passes through `around`, from any thread, several at once. It may count, wait, log, or
    raise a ShopError instead of going on. What else it raises becomes "nobody knows whether it happened" for a write,
    and a failure for everything else.
    """

    def __init__(self, inner: Store) -> None:
        self._inner = inner.lend()
        self._ops = _ffi.make(_ffi.sc_store_ops, name="python")
        inner_ops = self._inner.ops.contents
        operations: list[Any] = list(_ffi.sc_store_ops._fields_[2:])
        for label, kind in operations:
            function = getattr(inner_ops, label)
            if function:
                setattr(self._ops, label, kind(self._passing(label, function)))
        super().__init__(_ffi.make(_ffi.sc_store, ops=_ffi.pointer(self._ops)))
        inner.give()

    def around(self, operation: str, proceed: Callable[[], int]) -> int:
        """Do one operation, such as "load" or "apply": `proceed` hands it on and gives its status."""
        return proceed()

    def _passing(self, label: str, function: Any) -> Callable[..., Any]:
        ctx = self._inner.ctx
        if label in ("place", "close"):  # these have no status to answer
            return lambda _, *arguments: function(ctx, *arguments)
        otherwise = _ffi.SC_OUTCOME_UNKNOWN if label == "apply" else _ffi.SC_STORE_FAILED

        def passing(_: Any, *arguments: Any) -> int:
            try:
                return int(self.around(label, lambda: int(function(ctx, *arguments))))
            except errors.ShopError as fault:
                return _ffi.tell(arguments[-1], fault)
            except BaseException as fault:
                log.exception("a store port written in Python failed")
                return _ffi.tell(arguments[-1], errors.of(otherwise, text=f"{type(fault).__name__}: {fault}"))

        return passing

    def give(self) -> Store:
        kept = super().give()
        kept.__dict__["wrapper"] = self  # its table of operations is here
        return kept
