"""One handle for the shop, and one way to ask it something: who asks, until when, under which key."""
from __future__ import annotations

import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any

from . import _ffi, errors


class Handle:
    """The open shop. It closes when the last call that is under way has come back."""

    def __init__(self, pointer: Any, afterwards: list[Callable[[], None]]) -> None:
        self._pointer: Any = pointer
        self._afterwards = afterwards  # lets go of what C only borrows: tables of operations, Python ports
        self._running = 0
        self._mine = threading.local()
        self._idle = threading.Condition(threading.Lock())

    def enter(self) -> Any:
        with self._idle:
            if self._pointer is None:
                raise errors.ShopClosed("the shop is closed")
            self._running += 1
            self._mine.depth = getattr(self._mine, "depth", 0) + 1
            return self._pointer

    def leave(self) -> None:
        with self._idle:
            self._running -= 1
            self._mine.depth -= 1
            if not self._running:
                self._idle.notify_all()

    @property
    def closed(self) -> bool:
        return self._pointer is None

    def close(self) -> None:
        if getattr(self._mine, "depth", 0):
            raise RuntimeError("a port cannot close the shop that is calling it")
        with self._idle:
            pointer, self._pointer = self._pointer, None
            while self._running:
                self._idle.wait()
        if pointer is not None:
            _ffi.lib.sc_shop_close(pointer)
            while self._afterwards:
                self._afterwards.pop()()


class Session:
    """Who asks. Every part of a shop that one actor sees shares one."""

    def __init__(self, handle: Handle, kind: int, actor: str | None, seconds: float | None = None) -> None:
        self.handle = handle
        self.kind = kind
        self.actor = actor
        self.seconds = seconds
        self._plain = None if seconds else self._made(None)

    def _made(self, key: str | None) -> Any:
        deadline = _ffi.mono_ns() + int(self.seconds * 1e9) if self.seconds else 0
        return _ffi.make(_ffi.sc_call, kind=self.kind, actor=self.actor, key=key, deadline_ns=deadline)

    def raw(self, key: str | None) -> Any:
        return self._plain if key is None and self._plain is not None else self._made(key)

    def call(self, key: str | None = None) -> Call:
        return Call(self, key)


class Call:
    """One call under way, as a block: what it found lives until the block ends."""

    __slots__ = ("_session", "_raw", "_call", "_block", "_scratch", "shop", "arena")

    def __init__(self, session: Session, key: str | None) -> None:
        self._session = session
        self._raw = session.raw(key)
        self._call = _ffi.ref(self._raw)

    def __enter__(self) -> Call:
        self.shop = self._session.handle.enter()
        try:
            self._block = _ffi.scratch()
            self._scratch = self._block.__enter__()
        except BaseException:
            self._session.handle.leave()
            raise
        self.arena = self._scratch.arena
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        try:
            self._block.__exit__(None, None, None)
        finally:
            self._session.handle.leave()

    def ask(self, function: Any, *arguments: Any) -> None:
        """Call a function of the form (shop, call, …, error); anything but OK is raised."""
        self._scratch.check(function(self.shop, self._call, *arguments, self._scratch.error))

    def tell(self, function: Any, thing: Any, *arguments: Any) -> None:
        """The same for functions of a handle of their own: (thing, call, …, error)."""
        self._scratch.check(function(thing, self._call, *arguments, self._scratch.error))

    def make(self, function: Any, *arguments: Any) -> None:
        """The same for functions that take no call: (shop, …, error)."""
        self._scratch.check(function(self.shop, *arguments, self._scratch.error))
