"""Inventory: how many units are where, and who has a claim on them."""
from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import _convert, _ffi, errors
from . import records as r
from ._session import Session

Changes = str | Mapping[str, int]
"""A SKU with a quantity beside it, or a mapping of SKUs to quantities, all or none."""


class Inventory:
    def __init__(self, session: Session) -> None:
        self._session = session

    def level(self, sku: str, location: str | None = None) -> r.Level:
        return self.levels([(sku, location)])[0]

    def levels(self, accounts: Sequence[str | tuple[str, str | None]]) -> list[r.Level]:
        """Levels of many accounts in one call: SKUs, or pairs of SKU and location."""
        pairs = [(account, None) if isinstance(account, str) else account for account in accounts]
        refs = [_ffi.make(_ffi.sc_stock_ref, sku=sku, location=location) for sku, location in pairs]
        out = _ffi.blank(_ffi.sc_level, len(refs))
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_inventory_levels, _ffi.array(_ffi.sc_stock_ref, refs), len(refs), call.arena, out)
            return [_convert.level_out(raw) for raw in out]

    def receive(self, what: Changes, quantity: int | None = None, *, location: str | None = None,
                reason: str | None = None, key: str | None = None) -> None:
        """Book units that arrived."""
        self._change(_ffi.lib.sc_inventory_receive, what, quantity, location, reason, key)

    def set(self, what: Changes, quantity: int | None = None, *, location: str | None = None,
            reason: str | None = None, key: str | None = None) -> None:
        """Set on_hand to what was counted on the shelf."""
        self._change(_ffi.lib.sc_inventory_set, what, quantity, location, reason, key)

    def adjust(self, what: Changes, quantity: int | None = None, *, reason: str, location: str | None = None,
               key: str | None = None) -> None:
        """Add to on_hand or take from it. OutOfStock when the units are not available."""
        self._change(_ffi.lib.sc_inventory_adjust, what, quantity, location, reason, key)

    def set_safety(self, what: Changes, quantity: int | None = None, *, location: str | None = None,
                   reason: str | None = None, key: str | None = None) -> None:
        """Keep units back; below 0: allow so many backorders; NOT_TRACKED: let everything through."""
        self._change(_ffi.lib.sc_inventory_set_safety, what, quantity, location, reason, key)

    def transfer(self, sku: str, quantity: int, *, source: str | None = None, to: str | None = None,
                 reason: str | None = None, key: str | None = None) -> None:
        """Move units from one location to another."""
        move = _ffi.make(_ffi.sc_stock_move, sku=sku, to=to, quantity=quantity, **{"from": source})
        with self._session.call(key) as call:
            call.ask(_ffi.lib.sc_inventory_transfer, _ffi.ref(move), 1, _ffi.optional_text(reason, "reason"))

    def shortages(self, *, cancel: str | None = None, orders_max: int = 0) -> list[r.Shortage]:
        """What was promised and is not there. With `cancel` the latest orders that wait for it give way: "units" takes
        the missing ones out of them, "orders" cancels them whole; tick() sends their money back."""
        policies = {None: _ffi.SC_SHORTAGE_REPORT, "units": _ffi.SC_SHORTAGE_CANCEL_UNITS,
                    "orders": _ffi.SC_SHORTAGE_CANCEL_ORDERS}
        if cancel not in policies:
            raise ValueError("cancel is None, \"units\" or \"orders\"")
        rows, count = _ffi.handle(_ffi.sc_shortage), _ffi.size()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_shortage_settle, policies[cancel], orders_max, call.arena, _ffi.ref(rows),
                     _ffi.ref(count))
            return [_convert.shortage_out(raw) for raw in _ffi.items(rows, count.value)]

    # ---- reservations

    def reserve(self, what: Changes | Sequence[r.ReserveLine], quantity: int | None = None, *,
                location: str | None = None, ttl_ms: int = 0, id: uuid.UUID | None = None,
                key: str | None = None) -> r.Reservation:
        """Reserve stock for every line or for none. With an `id` of your own (see new_id) a repeat is harmless."""
        request = reserve_in(what, quantity, location, ttl_ms, id)
        raw = _ffi.sc_reservation()
        with self._session.call(key) as call:
            call.ask(_ffi.lib.sc_inventory_reserve, _ffi.ref(request), _ffi.ref(raw))
        return _convert.reservation_out(raw)

    def reservation(self, id: uuid.UUID) -> r.ReservationDetail:
        """Look a reservation up: its state, and what came from where."""
        raw = _ffi.sc_reservation_detail()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_inventory_get_reservation, _ffi.id_in(id), call.arena, _ffi.ref(raw))
            return _convert.reservation_detail_out(raw)

    def extend(self, id: uuid.UUID, ttl_ms: int = 0) -> int:
        """Give a reservation a new deadline from now on. Gives the store's time at which it lapses."""
        deadline = _ffi.int64()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_inventory_extend, _ffi.id_in(id), _ffi.fit(ttl_ms, _ffi.int64, "ttl_ms"),
                     _ffi.ref(deadline))
        return int(deadline.value)

    def commit(self, id: uuid.UUID, parts: Mapping[int, int] | None = None) -> None:
        """The units are sold. With `parts` (line to units) only so many; all others return at once."""
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_inventory_commit, _ffi.id_in(id), parts_in(parts), len(parts or ()))

    def release(self, id: uuid.UUID) -> None:
        """Give a reservation back."""
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_inventory_release, _ffi.id_in(id))

    def fulfil(self, id: uuid.UUID) -> None:
        """Let the units of a committed reservation leave the house."""
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_inventory_fulfil, _ffi.id_in(id))

    def expire(self, max: int = 1000) -> int:
        """Settle holds whose deadline passed. Gives how many."""
        done, due = _ffi.size(), _ffi.int64()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_inventory_expire, _ffi.fit(max, _ffi.size, "max"), _ffi.ref(done), _ffi.ref(due))
        return int(done.value)

    # ---- journal

    def journal(self, sku: str, location: str | None = None, page: int = 200) -> Iterator[r.Movement]:
        """Movements of one account, newest first, read a page at a time while you iterate."""
        account = _ffi.make(_ffi.sc_stock_ref, sku=sku, location=location)
        before = 0
        while True:
            raw = _ffi.sc_movement_page()
            with self._session.call() as call:
                call.ask(_ffi.lib.sc_inventory_journal, _ffi.ref(account), before, _ffi.fit(page, _ffi.size, "page"),
                         call.arena, _ffi.ref(raw))
                found = [_convert.movement_out(movement) for movement in _ffi.items(raw.movements, raw.count)]
                before = raw.next
            yield from found
            if not before:
                return

    def _change(self, function: Any, what: Changes, quantity: int | None, location: str | None, reason: str | None,
                key: str | None) -> None:
        raw = [_ffi.make(_ffi.sc_stock_change, sku=sku, location=location, quantity=units)
               for sku, units in _pairs(what, quantity)]
        with self._session.call(key) as call:
            call.ask(function, _ffi.array(_ffi.sc_stock_change, raw), len(raw), _ffi.optional_text(reason, "reason"))


def reserve_in(what: Changes | Sequence[r.ReserveLine], quantity: int | None, location: str | None, ttl_ms: int,
               id: uuid.UUID | None) -> Any:
    """What a reservation asks for."""
    if isinstance(what, (str, Mapping)):
        lines = [_ffi.make(_ffi.sc_reserve_line, sku=sku, quantity=units, location=location)
                 for sku, units in _pairs(what, quantity)]
    else:
        lines = [_convert.reserve_line_in(line) for line in what]
    return _ffi.make(_ffi.sc_reserve_request, id=_ffi.id_in(id) if id else None,
                     lines=_ffi.array(_ffi.sc_reserve_line, lines), line_count=len(lines), ttl_ms=ttl_ms)


def parts_in(parts: Mapping[int, int] | None) -> Any:
    """How much of which line a commit takes; None: all."""
    if parts is None:
        return None
    return _ffi.array(_ffi.sc_commit_part, [_ffi.make(_ffi.sc_commit_part, line=line, quantity=units)
                                            for line, units in parts.items()])


def _pairs(what: Changes, quantity: int | None) -> list[tuple[str, int]]:
    if isinstance(what, str):
        if quantity is None:
            raise errors.BadArgument(errors.BadArgument.code, field="quantity", text="a SKU needs a quantity")
        return [(what, quantity)]
    if quantity is not None:
        raise errors.BadArgument(errors.BadArgument.code, field="quantity", text="the mapping has the quantities")
    return list(what.items())
