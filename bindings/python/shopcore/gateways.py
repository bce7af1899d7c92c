"""Payment providers: the fake one for tests and demonstrations, and the port for one written in Python."""
from __future__ import annotations

import abc
import logging
import threading
import uuid
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from . import _convert, _ffi, errors
from . import records as r

log = logging.getLogger("shopcore")


class Gateway(abc.ABC):
    """A payment provider written in Python: subclass it and hand an instance to Shop(gateway=…).

    Called from any thread, several at once. Raise a ShopError to answer with its status; what else is raised from
    `start` counts as "nobody knows whether it was sent", so that the shop looks the attempt up before it charges again.
    """

    name = "python"

    @abc.abstractmethod
    def start(self, requests: Sequence[r.GatewayRequest]) -> int | None:
        """Accept requests and return at once; never wait for the provider. Gives how many were accepted, from the
        front; None: all. One attempt must never move money twice, however often it is asked for."""

    @abc.abstractmethod
    def finish(self, max: int, timeout_ms: int) -> Sequence[r.GatewayReply]:
        """Give at most `max` answers, each once, waiting at most so long for the first."""

    def webhook(self, body: bytes, signature: str) -> tuple[str, r.GatewayReply]:
        """Check a webhook's signature and read it: the event's id, and what it says. BadSignature, BadFormat."""
        raise errors.of(_ffi.SC_UNSUPPORTED)

    def close(self) -> None:
        """The shop was closed."""


def guarded(error: Any, otherwise: int, work: Callable[[], None]) -> int:
    """Run what a port has to do; nothing that it raises may pass through C."""
    try:
        work()
        return 0
    except errors.ShopError as fault:
        return _ffi.tell(error, fault)
    except BaseException as fault:
        log.exception("a port written in Python failed")
        return _ffi.tell(error, errors.of(otherwise, text=f"{type(fault).__name__}: {fault}"))


class Adapter:
    """The table of operations that C sees of a Python gateway. It must live as long as the shop."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        webhook = type(gateway).webhook is not Gateway.webhook
        self._ops = _ffi.make(_ffi.sc_gateway_ops, name=gateway.name, start=_ffi.sc_gateway_ops_start(self._start),
                              finish=_ffi.sc_gateway_ops_finish(self._finish),
                              webhook=_ffi.sc_gateway_ops_webhook(self._webhook) if webhook else None,
                              close=_ffi.sc_gateway_ops_close(self._close))
        self.port = _ffi.make(_ffi.sc_gateway, ops=_ffi.pointer(self._ops))

    def _start(self, _: Any, call: Any, requests: Any, count: int, accepted: Any, error: Any) -> int:
        def work() -> None:
            taken = self._gateway.start([_convert.gateway_request_out(requests[i]) for i in range(count)])
            accepted[0] = count if taken is None else taken

        return guarded(error, _ffi.SC_PAYMENT_UNKNOWN, work)

    def _finish(self, _: Any, most: int, timeout_ms: int, out: Any, count: Any, error: Any) -> int:
        def work() -> None:
            replies = self._gateway.finish(most, timeout_ms)
            if len(replies) > most:
                raise ValueError(f"{len(replies)} answers where {most} fit")
            made = [_convert.gateway_reply_in(reply) for reply in replies]
            for i, reply in enumerate(made):
                out[i] = reply
            count[0] = len(made)

        return guarded(error, _ffi.SC_SERVICE_FAILED, work)

    def _webhook(self, _: Any, call: Any, body: Any, signature: bytes | None, out: Any, error: Any) -> int:
        def work() -> None:
            event, about = self._gateway.webhook(_ffi.bytes_out(body), _ffi.string(signature))
            out[0] = _ffi.make(_ffi.sc_gateway_event, event_id=event, about=_convert.gateway_reply_in(about))

        return guarded(error, _ffi.SC_SERVICE_FAILED, work)

    def _close(self, _: Any) -> None:
        guarded(None, _ffi.SC_SERVICE_FAILED, self._gateway.close)


class FakeGateway:
    """A provider that moves no money but is as awkward as a real one. What it does depends on the token alone:

        tok_ok, tok_declined, tok_action (take_step), tok_silent_charged, tok_silent_free, tok_slow

    Several shops may share one. Closing it while a shop still uses it takes effect when that shop is closed.
    """

    def __init__(self, file: str | None = None, *, slow_ms: int | None = None, reply_ms: int | None = None,
                 silence_ms: int | None = None, webhooks: int | None = None) -> None:
        self._lock = threading.Lock()
        self._users = 1
        self._closed = False
        self._handle = _ffi.handle(_ffi.sc_fake_gateway)
        options = _ffi.make(_ffi.sc_fake_gateway_options, file=file, slow_ms=slow_ms, reply_ms=reply_ms,
                            silence_ms=silence_ms, webhooks=webhooks)
        self._kit = _ffi.testkit()
        with _ffi.scratch() as mine:
            mine.check(self._kit.sc_fake_gateway_open(_ffi.env, _ffi.ref(options), _ffi.ref(self._handle), mine.error))

    def __enter__(self) -> FakeGateway:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        with self._lock:
            if self._closed:
                return
            self._closed = True
        self.let_go()

    def take_step(self, attempt: uuid.UUID | str, approve: bool = True) -> None:
        """Be the buyer who takes the step that tok_action asks for."""
        which = attempt if isinstance(attempt, uuid.UUID) else uuid.UUID(attempt)
        with _ffi.scratch() as mine:
            mine.check(self._kit.sc_fake_gateway_take_step(self._open, _ffi.id_in(which), approve, mine.error))

    def set_down(self, down: bool) -> None:
        """Break the line to the provider, or mend it."""
        self._kit.sc_fake_gateway_set_down(self._open, down)

    def next_webhook(self) -> tuple[bytes, str] | None:
        """The next webhook it would send, body and signature; None when there is none."""
        raw = _ffi.sc_fake_webhook()
        with _ffi.scratch() as mine:
            status = self._kit.sc_fake_gateway_next_webhook(self._open, mine.arena, _ffi.ref(raw), mine.error)
            if status == _ffi.SC_NOTHING_DUE:
                return None
            mine.check(status)
            return _ffi.bytes_out(raw.body), _ffi.string(raw.signature)

    def books(self) -> list[r.Booking]:
        """Every attempt that was seen or fenced."""
        rows, count = _ffi.handle(_ffi.sc_fake_booking), _ffi.size()
        with _ffi.scratch() as mine:
            mine.check(self._kit.sc_fake_gateway_books(self._open, mine.arena, _ffi.ref(rows), _ffi.ref(count),
                                                       mine.error))
            return _convert.bookings_out(_ffi.items(rows, count.value))

    def order_money(self, order_id: str) -> tuple[int, int]:
        """What one order was charged and given back, in minor units."""
        charged, refunded = _ffi.int64(), _ffi.int64()
        with _ffi.scratch() as mine:
            mine.check(self._kit.sc_fake_gateway_order_money(self._open, _ffi.id_in(uuid.UUID(order_id)),
                                                             _ffi.ref(charged), _ffi.ref(refunded), mine.error))
        return int(charged.value), int(refunded.value)

    # ---- for shops

    @property
    def _open(self) -> Any:
        if self._closed:
            raise errors.ShopClosed("the gateway is closed")
        return self._handle

    def lend(self) -> Any:
        """The port, for one more shop."""
        with self._lock:
            handle = self._open
            self._users += 1
        return self._kit.sc_fake_gateway_port(handle)

    def let_go(self) -> None:
        with self._lock:
            self._users -= 1
            last = self._users == 0
        if last:
            self._kit.sc_fake_gateway_free(self._handle)
            self._handle = None
