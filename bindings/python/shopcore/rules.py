"""What a shop prices its carts by: promotions, coupons, taxes, shipping rates, fees, special prices, a policy.

Rules are documents, as docs/guide/pricing.md describes them.
"""
from __future__ import annotations

import builtins
import enum
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import _ffi
from . import records as r
from ._session import Session

Document = Mapping[str, Any]


class RuleKind(enum.IntEnum):
    PROMOTION = 1
    COUPON = 2
    TAX = 3
    SHIPPING = 4
    PRICE = 5
    POLICY = 6
    FEE = 7


class Rules:
    """The rules of one kind."""

    def __init__(self, session: Session, kind: RuleKind) -> None:
        self._session = session
        self._kind = kind

    def put(self, document: Document) -> None:
        """Put a rule in, or in place of the one with its id. The next quote is priced by it."""
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_rule_put, self._kind, _ffi.bytes_in(json.dumps(document).encode()))

    def delete(self, id: str) -> None:
        """Take a rule away. Orders that were placed under it keep what it gave them."""
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_rule_delete, self._kind, _ffi.text(id, "id"))

    def list(self, page: int = 200) -> Iterator[dict[str, Any]]:
        """The documents of all rules of the kind, by id, read a page at a time while you iterate."""
        cursor = b""
        while True:
            raw = _ffi.sc_rule_page()
            with self._session.call() as call:
                call.ask(_ffi.lib.sc_rule_list, self._kind, _ffi.fit(page, _ffi.uint32, "page"), _ffi.bytes_in(cursor),
                         call.arena, _ffi.ref(raw))
                found = [json.loads(_ffi.bytes_out(rule.document)) for rule in _ffi.items(raw.rules, raw.count)]
                cursor = _ffi.bytes_out(raw.next)
            yield from found
            if not cursor:
                return


class Coupons(Rules):
    """Limits of coupons, and codes that are good once."""

    def __init__(self, session: Session) -> None:
        super().__init__(session, RuleKind.COUPON)

    def issue(self, coupon: str, count: int, first: int = 1) -> builtins.list[str]:
        """Codes of the numbers from `first` on. The same numbers always give the same codes; nothing is stored."""
        raw = _ffi.text_list()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_coupon_issue, _ffi.text(coupon, "coupon"), _ffi.fit(first, _ffi.int64, "first"),
                     _ffi.fit(count, _ffi.size, "count"), call.arena, _ffi.ref(raw))
            return [_ffi.string(code) for code in _ffi.items(raw, count)]

    def import_codes(self, coupon: str, codes: Sequence[str]) -> None:
        """Take in codes that were made elsewhere. Those that are there already stay as they are."""
        with self._session.call() as call:
            for at in range(0, len(codes), _ffi.SC_BATCH_MAX):
                batch = codes[at:at + _ffi.SC_BATCH_MAX]
                call.ask(_ffi.lib.sc_coupon_import, _ffi.text(coupon, "coupon"), _ffi.texts(batch), len(batch))

    def count(self, coupon: str) -> r.CouponUsage:
        """How often a coupon was used, as far as that is counted."""
        raw = _ffi.sc_coupon_usage()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_coupon_count, _ffi.text(coupon, "coupon"), _ffi.ref(raw))
        return r.CouponUsage(raw.limit, raw.used, raw.held, raw.period_limit, raw.period_used, raw.period_held)
