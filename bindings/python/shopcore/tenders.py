"""Gift cards and store credit: money that people have with the shop."""
from __future__ import annotations

from collections.abc import Sequence

from . import _convert, _ffi
from . import records as r
from ._session import Session


class GiftCards:
    """A card's code is shown once, when it is issued: the shop keeps a hash of it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def issue(self, amount_minor: int, currency: str | None = None, *, code: str | None = None, expires_ms: int = 0,
              note: str | None = None, key: str | None = None) -> r.GiftCard:
        """Issue a card, with a `code` of your own or with a new one. A repeat under the same `key` issues no other
        one, and its answer has no code."""
        request = _ffi.make(_ffi.sc_gift_card_request, amount_minor=amount_minor, currency=currency, code=code,
                            expires_ms=expires_ms, note=note)
        raw = _ffi.sc_gift_card()
        with self._session.call(key) as call:
            call.ask(_ffi.lib.sc_gift_card_issue, _ffi.ref(request), call.arena, _ffi.ref(raw))
            return _convert.gift_card_out(raw)

    def find(self, code: str) -> r.GiftCard:
        """The card of a code, for whoever knows it. Who tries too many wrong ones is stopped for a while."""
        raw = _ffi.sc_gift_card()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_gift_card_find, _ffi.text(code, "code"), call.arena, _ffi.ref(raw))
            return _convert.gift_card_out(raw)

    def get(self, id: str) -> r.GiftCard:
        """A card by its id."""
        raw = _ffi.sc_gift_card()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_gift_card_get, _ffi.text(id, "id"), call.arena, _ffi.ref(raw))
            return _convert.gift_card_out(raw)

    def extend(self, id: str, expires_ms: int) -> None:
        """Set the end of a card: a time that has passed blocks it, 0 is never."""
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_gift_card_extend, _ffi.text(id, "id"),
                     _ffi.fit(expires_ms, _ffi.int64, "expires_ms"))


class Credit:
    """Store credit of customers; `owner` is "u:" and a customer's id, None whoever asks."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def grant(self, owner: str, amount_minor: int, currency: str | None = None, *, reason: str | None = None,
              key: str | None = None) -> None:
        """Grant credit, or take some back with an amount below zero. A repeat under the same `key` grants no more."""
        with self._session.call(key) as call:
            call.ask(_ffi.lib.sc_credit_grant, _ffi.text(owner, "owner"),
                     _ffi.fit(amount_minor, _ffi.int64, "amount_minor"), _ffi.optional_text(currency, "currency"),
                     _ffi.optional_text(reason, "reason"))

    def get(self, owner: str | None = None, currency: str | None = None) -> r.CreditBalance:
        """What can be spent, and what is held by orders that wait for their money."""
        raw = _ffi.sc_credit()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_credit_get, _ffi.optional_text(owner, "owner"),
                     _ffi.optional_text(currency, "currency"), _ffi.ref(raw))
        return r.CreditBalance(raw.currency.decode(), raw.balance_minor, raw.held_minor)

    def list(self, owner: str | None = None, currency: str | None = None, limit: int = 50) -> Sequence[r.CreditMove]:
        """The newest movements, the newest first."""
        rows, count = _ffi.handle(_ffi.sc_credit_move), _ffi.size()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_credit_list, _ffi.optional_text(owner, "owner"),
                     _ffi.optional_text(currency, "currency"), _ffi.fit(limit, _ffi.uint32, "limit"), call.arena,
                     _ffi.ref(rows), _ffi.ref(count))
            return [_convert.credit_move_out(raw) for raw in _ffi.items(rows, count.value)]
