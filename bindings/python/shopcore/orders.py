"""Orders: what was bought, and how far it has come."""
from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import _convert, _ffi
from . import records as r
from ._session import Session


def _wanted(lines: Mapping[str, int]) -> list[Any]:
    return [_ffi.make(_ffi.sc_refund_line, line=line, quantity=units) for line, units in lines.items()]


class Orders:
    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, id: str) -> r.Order:
        """One order with its payments and its history."""
        raw = _ffi.sc_order()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_order_get, _ffi.text(id, "id"), call.arena, _ffi.ref(raw))
            return _convert.order_out(raw)

    def pricing(self, id: str) -> dict[str, Any]:
        """The pricing document of an order: shopcore.price(document, explain=True) says where every cent comes from."""
        out = _ffi.sc_bytes()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_order_pricing, _ffi.text(id, "id"), call.arena, _ffi.ref(out))
            document: dict[str, Any] = json.loads(_ffi.bytes_out(out))
        return document

    def list(self, owner: str | None = None, page: int = 50) -> Iterator[r.Order]:
        """Orders of whoever asks, or of `owner`, newest first, without payments and history; read a page at a time
        while you iterate."""
        whose, cursor = _ffi.optional_text(owner, "owner"), None
        while True:
            raw = _ffi.sc_order_page()
            with self._session.call() as call:
                call.ask(_ffi.lib.sc_order_list, whose, _ffi.fit(page, _ffi.uint32, "page"), cursor, call.arena,
                         _ffi.ref(raw))
                found = [_convert.order_out(order) for order in _ffi.items(raw.orders, raw.count)]
                cursor = raw.next
            yield from found
            if not cursor:
                return

    def payments(self, id: str) -> Sequence[r.Payment]:
        """All attempts to pay an order, the first one first."""
        rows, count = _ffi.handle(_ffi.sc_payment), _ffi.size()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_payment_list, _ffi.text(id, "id"), call.arena, _ffi.ref(rows), _ffi.ref(count))
            return [_convert.payment_out(raw) for raw in _ffi.items(rows, count.value)]

    def ship(self, id: str, carrier: str | None = None, tracking: str | None = None) -> None:
        """Say that a confirmed order left the house."""
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_order_ship, _ffi.text(id, "id"), _ffi.optional_text(carrier, "carrier"),
                     _ffi.optional_text(tracking, "tracking"))

    def deliver(self, id: str) -> None:
        """Say that a shipped order arrived."""
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_order_deliver, _ffi.text(id, "id"))

    def cancel(self, id: str, reason: str | None = None) -> None:
        """Cancel an order before it is shipped: goods go back to stock, the money becomes a refund."""
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_order_cancel, _ffi.text(id, "id"), _ffi.optional_text(reason, "reason"))

    def cancel_lines(self, id: str, lines: Mapping[str, int], reason: str | None = None,
                     key: str | None = None) -> Sequence[r.Refund]:
        """Cancel units of `lines` (by the line's id) before the order is shipped. Whoever cancels the last unit cancels
        the order. A repeat under the same `key` cancels nothing more, and its answer is empty."""
        wanted = _wanted(lines)
        raw = _ffi.sc_refund_answer()
        with self._session.call(key) as call:
            call.ask(_ffi.lib.sc_order_cancel_lines, _ffi.text(id, "id"), _ffi.array(_ffi.sc_refund_line, wanted),
                     len(wanted), _ffi.optional_text(reason, "reason"), call.arena, _ffi.ref(raw))
            return [_convert.refund_out(refund) for refund in _ffi.items(raw.refunds, raw.count)]

    # ---- money back

    def refund(self, id: str, *, lines: Mapping[str, int] | None = None, shipping: bool = False,
               amount_minor: int = 0, share_ppm: int = 0, rest: bool = False, reason: str | None = None,
               key: str | None = None, plan: bool = False, to_credit: bool = False) -> Sequence[r.Refund]:
        """Give money back: units of `lines` (by the line's id) and `shipping`, or an amount, or a share in millionths,
        or all the rest. tick() sends it; with `to_credit` it becomes store credit at once. With `plan` it only says
        what it would be. A repeat under the same `key` gives back nothing more, and its answer is empty."""
        wanted = _wanted(lines or {})
        request = _ffi.make(_ffi.sc_refund_request, lines=_ffi.array(_ffi.sc_refund_line, wanted),
                            line_count=len(wanted), shipping=shipping, rest=rest, share_ppm=share_ppm,
                            amount_minor=amount_minor, reason=reason, to_credit=to_credit)
        raw = _ffi.sc_refund_answer()
        with self._session.call(key) as call:
            call.ask(_ffi.lib.sc_refund_plan if plan else _ffi.lib.sc_refund_make, _ffi.text(id, "id"),
                     _ffi.ref(request), call.arena, _ffi.ref(raw))
            return [_convert.refund_out(refund) for refund in _ffi.items(raw.refunds, raw.count)]

    def refunds(self, id: str) -> Sequence[r.Refund]:
        """All refunds of an order, the first one first."""
        rows, count = _ffi.handle(_ffi.sc_refund), _ffi.size()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_refund_list, _ffi.text(id, "id"), call.arena, _ffi.ref(rows), _ffi.ref(count))
            return [_convert.refund_out(raw) for raw in _ffi.items(rows, count.value)]

    def ledger(self, id: str) -> Sequence[r.LedgerEntry]:
        """What was booked for an order, in double entry."""
        rows, count = _ffi.handle(_ffi.sc_ledger_entry), _ffi.size()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_ledger_list, _ffi.text(id, "id"), call.arena, _ffi.ref(rows), _ffi.ref(count))
            return [_convert.ledger_entry_out(raw) for raw in _ffi.items(rows, count.value)]
