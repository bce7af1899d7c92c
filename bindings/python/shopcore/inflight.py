"""Requests in flight: thousands of them from one event loop, carried together by one thread.

    async with shop.in_flight() as flight:
        reservation = await flight.reserve("mug-blue", 1)
        order = await flight.of(shop.customer("ada")).buy("click-1", home, payment="tok_ok")

A loop must never wait for a store, so a thread does the work of all who submitted, with shared reads and commits; answers
come back through a descriptor that the loop watches. Nothing here locks: what is in flight belongs to the loop's thread.
"""
from __future__ import annotations

import asyncio
import itertools
import os
import select
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any

from . import _convert, _ffi, errors
from . import records as r
from ._session import Session
from .checkout import request_in
from .inventory import Changes, parts_in, reserve_in

if TYPE_CHECKING:
    from .shop import Actor

AT_ONCE = 1000  # requests driven, or answers completed, in one call


class _Flight:
    """One request: where its answer goes, and how it is read."""

    def __init__(self, owner: InFlight, read: Callable[[Any], Any]) -> None:
        self.owner = owner
        self.read = read
        self.answer: asyncio.Future[Any] = owner.loop.create_future()

    def land(self, done: Any) -> None:
        """C's answer, which is only there until this returns."""
        try:
            if done.status:
                raise _ffi.fault_at(done.err, done.status)
            self._settle(self.read(done), None)
        except Exception as fault:
            self._settle(None, fault)

    def _settle(self, result: Any, fault: Exception | None) -> None:
        try:
            here = asyncio.get_running_loop() is self.owner.loop
        except RuntimeError:
            here = False
        if here:
            self.owner.landed(self, result, fault)
        else:  # somebody else's loop completed it
            self.owner.loop.call_soon_threadsafe(self.owner.landed, self, result, fault)


_numbers = itertools.count(1)
_flights: dict[int, _Flight] = {}


def _completed(raw: Any) -> None:
    done = raw.contents
    _flights.pop(done.context).land(done)


_on_completion = _ffi.on_completion(_completed)


class Requests:
    """What can be submitted, as one actor. Each call waits for its answer without keeping the loop from others."""

    def __init__(self, flight: InFlight, session: Session) -> None:
        self._flight = flight
        self._session = session

    async def reserve(self, what: Changes | Sequence[r.ReserveLine], quantity: int | None = None, *,
                      location: str | None = None, ttl_ms: int = 0, id: uuid.UUID | None = None,
                      key: str | None = None) -> r.Reservation:
        """As shop.inventory.reserve."""
        request = reserve_in(what, quantity, location, ttl_ms, id)
        found = await self._submit(_ffi.lib.sc_inventory_reserve_submit, key, (_ffi.ref(request),),
                                   lambda done: _convert.reservation_out(done.reservation.contents))
        assert isinstance(found, r.Reservation)
        return found

    async def commit(self, id: uuid.UUID, parts: Mapping[int, int] | None = None) -> None:
        """As shop.inventory.commit."""
        await self._submit(_ffi.lib.sc_inventory_commit_submit, None,
                           (_ffi.id_in(id), parts_in(parts), len(parts or ())))

    async def release(self, id: uuid.UUID) -> None:
        """As shop.inventory.release."""
        await self._submit(_ffi.lib.sc_inventory_release_submit, None, (_ffi.id_in(id),))

    async def place(self, key: str, shipping: r.Address, *, payment: str | None = None,
                    billing: r.Address | None = None, email: str | None = None, quote: str | None = None,
                    consent: bool = False, **options: Any) -> r.Placement:
        """As shop.checkout.place."""
        return await self._place(_ffi.lib.sc_checkout_place_submit, key,
                                 request_in(shipping, payment, billing, email, quote, consent, options))

    async def buy(self, key: str, shipping: r.Address, *, payment: str | None = None,
                  billing: r.Address | None = None, email: str | None = None, quote: str | None = None,
                  consent: bool = False, **options: Any) -> r.Placement:
        """As shop.checkout.buy. A provider that takes its time keeps nobody else waiting."""
        return await self._place(_ffi.lib.sc_checkout_buy_submit, key,
                                 request_in(shipping, payment, billing, email, quote, consent, options))

    async def pay(self, order_id: str, payment: str | None = None) -> None:
        """As shop.checkout.pay."""
        await self._submit(_ffi.lib.sc_checkout_pay_submit, None,
                           (_ffi.text(order_id, "order_id"), _ffi.optional_text(payment, "payment")))

    async def _place(self, function: Any, key: str, request: Any) -> r.Placement:
        placed = await self._submit(function, key, (_ffi.ref(request),),
                                    lambda done: _convert.placement_out(done.placement.contents))
        assert isinstance(placed, r.Placement)
        return placed

    async def _submit(self, function: Any, key: str | None, arguments: tuple[Any, ...],
                      read: Callable[[Any], Any] = lambda done: None) -> Any:
        return await self._flight.submit(self._session, function, key, arguments, read)


class InFlight(Requests):
    """Requests of one event loop. Itself it acts as whoever it was asked of; `of` gives it as somebody else.

    When too many requests are in flight the next one waits for room. A task that is cancelled takes its request back
    unless that was sent already; then it may have happened, and a repeat under the same key or id tells. Leaving the block
    waits for all that are under way.
    """

    def __init__(self, session: Session) -> None:
        super().__init__(self, session)
        self.loop: asyncio.AbstractEventLoop
        self._count = 0
        self._landing = asyncio.Event()  # set when one lands

    def of(self, actor: Actor) -> Requests:
        """The same, as somebody else: `flight.of(shop.customer("ada"))`."""
        return Requests(self, actor._session)

    async def __aenter__(self) -> InFlight:
        self.loop = asyncio.get_running_loop()
        self._submitted = self._descriptor(_ffi.SC_DESCRIPTOR_SUBMITTED)
        self._done = self._descriptor(_ffi.SC_DESCRIPTOR_DONE)
        self._stop, self._stopped = os.pipe()
        self.loop.add_reader(self._done, self._complete)
        self._driver = threading.Thread(target=self._drive, name="shopcore drive")
        self._driver.start()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, value: BaseException | None,
                        trace: TracebackType | None) -> None:
        try:
            while self._count:
                await self._one_landed()
        finally:
            self.loop.remove_reader(self._done)
            os.close(self._stopped)
            self._driver.join()
            os.close(self._stop)

    def _descriptor(self, kind: int) -> int:
        found = _ffi.int32()
        with self._session.call() as call:
            call.make(_ffi.lib.sc_shop_descriptor, kind, _ffi.ref(found))
        return int(found.value)

    # ---- the loop's thread

    async def submit(self, session: Session, function: Any, key: str | None, arguments: tuple[Any, ...],
                     read: Callable[[Any], Any]) -> Any:
        while True:
            try:
                return await self._fly(session, function, key, arguments, read)
            except _Full as full:
                if not self._count:  # whoever fills it does not land here
                    raise full.fault from None
            await self._one_landed()

    async def _fly(self, session: Session, function: Any, key: str | None, arguments: tuple[Any, ...],
                   read: Callable[[Any], Any]) -> Any:
        number, flight, ticket = next(_numbers), _Flight(self, read), _ffi.uint64()
        _flights[number] = flight
        try:
            with session.call(key) as call:
                call.ask(function, *arguments, _on_completion, number, _ffi.ref(ticket))
        except BaseException as fault:
            del _flights[number]
            if isinstance(fault, errors.Busy):
                raise _Full(fault) from None
            raise
        self._count += 1
        try:
            return await flight.answer
        except asyncio.CancelledError:
            with self._session.call() as call:
                _ffi.lib.sc_shop_cancel(call.shop, ticket.value, None)
            raise

    async def _one_landed(self) -> None:
        self._landing.clear()
        await self._landing.wait()

    def landed(self, flight: _Flight, result: Any, fault: Exception | None) -> None:
        self._count -= 1
        self._landing.set()
        if flight.answer.done():  # nobody waits for it any more
            return
        if fault is not None:
            flight.answer.set_exception(fault)
        else:
            flight.answer.set_result(result)

    def _complete(self) -> None:
        with self._session.call() as call:
            _ffi.lib.sc_shop_complete(call.shop, AT_ONCE)

    # ---- the thread that drives

    def _drive(self) -> None:
        ready, wait_ms = select.poll(), _ffi.int64(_ffi.SC_NEVER)
        ready.register(self._submitted, select.POLLIN)
        ready.register(self._stop, select.POLLIN)
        while True:
            found = ready.poll(None if wait_ms.value == _ffi.SC_NEVER else wait_ms.value)
            if any(descriptor == self._stop for descriptor, _ in found):
                return
            with self._session.call() as call:
                _ffi.lib.sc_shop_drive(call.shop, AT_ONCE, _ffi.ref(wait_ms))


class _Full(Exception):
    """Too many requests are in flight: not an answer, but a reason to wait."""

    def __init__(self, fault: errors.Busy) -> None:
        super().__init__()
        self.fault = fault
