"""Search indexes, notifiers and event sinks written in Python: subclass one and hand an instance to Shop.

All of them are called from any thread, several at once, mostly by tick. Raise a ShopError to answer with its status; what
else is raised is a failure: nothing happened, and it is tried again.
"""
from __future__ import annotations

import abc
import uuid
from collections.abc import Sequence
from typing import Any

from . import _convert, _ffi, errors
from . import records as r
from .gateways import guarded

DEEPEST = 10_000  # hits, from the first on, that can be asked for


class SearchIndex(abc.ABC):
    """A derived index of products, fed by tick. It may lag, and can be made anew from the record at any time."""

    name = "python"

    @abc.abstractmethod
    def index(self, documents: Sequence[r.SearchDocument]) -> None:
        """Add, replace or remove products: all of them, or none."""

    @abc.abstractmethod
    def query(self, words: str, category: str | None, offset: int, limit: int) -> r.Found:
        """Products for what a shopper typed, best first; equal scores by id."""

    @abc.abstractmethod
    def position(self) -> tuple[uuid.UUID, int]:
        """How far the index has followed which store. A zero id: it has not yet."""

    @abc.abstractmethod
    def follow(self, incarnation: uuid.UUID, position: int) -> None:
        """Keep that, as safely as the index itself."""

    @abc.abstractmethod
    def reset(self) -> None:
        """Forget everything, the position too."""

    def close(self) -> None:
        """The shop was closed."""


class Notifier(abc.ABC):
    """Tells people something, such as that their order was placed."""

    name = "python"

    @abc.abstractmethod
    def send(self, notice: r.Notice) -> None:
        """Send one message. When it could not be sent it comes again, with the same id."""

    def close(self) -> None:
        """The shop was closed."""


class EventSink(abc.ABC):
    """Hears of everything that happens, at least once and in order."""

    name = "python"

    @abc.abstractmethod
    def publish(self, events: Sequence[r.Event]) -> int | None:
        """Take events. Gives how many from the front are safe, the rest comes again; None: all."""

    def close(self) -> None:
        """The shop was closed."""


# ---- the tables of operations that C sees; each must live as long as the shop -------------------------


class SearchAdapter:
    def __init__(self, index: SearchIndex) -> None:
        self._index = index
        self._ops = _ffi.make(
            _ffi.sc_search_ops, name=index.name, index=_ffi.sc_search_ops_index(self._add),
            query=_ffi.sc_search_ops_query(self._query), position=_ffi.sc_search_ops_position(self._position),
            follow=_ffi.sc_search_ops_follow(self._follow), reset=_ffi.sc_search_ops_reset(self._reset),
            close=_ffi.sc_search_ops_close(self._close))
        self.port = _ffi.make(_ffi.sc_search_index, ops=_ffi.pointer(self._ops))

    def _add(self, _: Any, call: Any, documents: Any, count: int, error: Any) -> int:
        return guarded(error, _ffi.SC_SERVICE_FAILED, lambda: self._index.index(
            [_convert.search_document_out(documents[i]) for i in range(count)]))

    def _query(self, _: Any, call: Any, query: Any, arena: Any, out: Any, error: Any) -> int:
        def work() -> None:
            asked = query.contents
            if not 1 <= asked.limit <= _ffi.SC_PAGE_MAX or asked.offset + asked.limit > DEEPEST:
                raise errors.of(_ffi.SC_OUT_OF_RANGE, field="limit", text="no such page")
            try:
                words, category = _ffi.string(asked.words), _ffi.optional_string(asked.category)
            except UnicodeDecodeError:
                raise errors.of(_ffi.SC_BAD_TEXT, field="words", text="text that is not UTF-8") from None
            found = self._index.query(words, category, asked.offset, asked.limit)
            if len(found.hits) > asked.limit:
                raise ValueError(f"{len(found.hits)} hits where {asked.limit} were asked for")
            hits = _ffi.arena_array(arena, _ffi.sc_search_hit, len(found.hits))
            for i, (id, score) in enumerate(found.hits):
                hits[i].id, hits[i].score = _ffi.arena_text(arena, id, "id"), score
            out[0] = _ffi.make(_ffi.sc_search_result, hits=hits, count=len(found.hits), total=found.total,
                               total_is_floor=found.total_is_floor)

        return guarded(error, _ffi.SC_SERVICE_FAILED, work)

    def _position(self, _: Any, call: Any, incarnation: Any, position: Any, error: Any) -> int:
        def work() -> None:
            store, at = self._index.position()
            position[0] = _ffi.fit(at, _ffi.uint64, "position")
            _ffi.put_id(incarnation, store)

        return guarded(error, _ffi.SC_SERVICE_FAILED, work)

    def _follow(self, _: Any, call: Any, incarnation: Any, position: int, error: Any) -> int:
        return guarded(error, _ffi.SC_SERVICE_FAILED,
                       lambda: self._index.follow(_ffi.id_at(incarnation), position))

    def _reset(self, _: Any, call: Any, error: Any) -> int:
        return guarded(error, _ffi.SC_SERVICE_FAILED, self._index.reset)

    def _close(self, _: Any) -> None:
        guarded(None, _ffi.SC_SERVICE_FAILED, self._index.close)


class NotifierAdapter:
    def __init__(self, notifier: Notifier) -> None:
        self._notifier = notifier
        self._ops = _ffi.make(_ffi.sc_notifier_ops, name=notifier.name, send=_ffi.sc_notifier_ops_send(self._send),
                              close=_ffi.sc_notifier_ops_close(self._close))
        self.port = _ffi.make(_ffi.sc_notifier, ops=_ffi.pointer(self._ops))

    def _send(self, _: Any, call: Any, notices: Any, count: int, statuses: Any, error: Any) -> int:
        for i in range(count):
            notice = notices[i]
            statuses[i] = guarded(error, _ffi.SC_SERVICE_FAILED,
                                  lambda: self._notifier.send(_convert.notice_out(notice)))
        return int(_ffi.SC_OK)

    def _close(self, _: Any) -> None:
        guarded(None, _ffi.SC_SERVICE_FAILED, self._notifier.close)


class SinkAdapter:
    def __init__(self, sink: EventSink) -> None:
        self._sink = sink
        self._ops = _ffi.make(_ffi.sc_event_sink_ops, name=sink.name,
                              publish=_ffi.sc_event_sink_ops_publish(self._publish),
                              close=_ffi.sc_event_sink_ops_close(self._close))
        self.port = _ffi.make(_ffi.sc_event_sink, ops=_ffi.pointer(self._ops))

    def _publish(self, _: Any, call: Any, events: Any, count: int, accepted: Any, error: Any) -> int:
        def work() -> None:
            taken = self._sink.publish([_convert.event_out(events[i]) for i in range(count)])
            if taken is not None and not 0 <= taken <= count:
                raise ValueError(f"{taken} events accepted of {count}")
            accepted[0] = count if taken is None else taken

        return guarded(error, _ffi.SC_SERVICE_FAILED, work)

    def _close(self, _: Any) -> None:
        guarded(None, _ffi.SC_SERVICE_FAILED, self._sink.close)


def expect(port: object, kind: type, field: str) -> None:
    """What is handed in as a port has to be one."""
    if not isinstance(port, kind):
        raise errors.BadArgument(errors.BadArgument.code, field=field, text=f"not a {kind.__name__}")
