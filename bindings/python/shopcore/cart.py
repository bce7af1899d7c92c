"""The cart: what a buyer means to buy."""
from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from . import _convert, _ffi
from . import records as r
from ._session import Session


class Cart:
    """The cart of whoever asks, or of `owner` ("u:…" or "g:…") for the shop's own people.

    Every write may name the `version` it is about, and is refused with Changed when the cart has another one by now.
    """

    def __init__(self, session: Session, owner: str | None = None) -> None:
        self._session = session
        self._owner = owner

    def of(self, owner: str) -> Cart:
        """Somebody's cart, for the shop's own people."""
        return Cart(self._session, owner)

    def get(self) -> r.CartView:
        raw = _ffi.sc_cart()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_cart_get, _ffi.optional_text(self._owner, "owner"), call.arena, _ffi.ref(raw))
            return _convert.cart_out(raw)

    def add(self, sku: str, quantity: int = 1, options: Mapping[str, str] | None = None, *, version: int = 0,
            key: str | None = None) -> r.CartView:
        """Add units of one SKU. The price that the buyer sees now is remembered."""
        given = options or {}
        item = _ffi.make(_ffi.sc_cart_item, sku=sku, quantity=quantity, options=_convert.options_in(given),
                         option_count=len(given))
        return self._answer(_ffi.lib.sc_cart_add, version, key, _ffi.ref(item), 1)

    def add_all(self, items: Mapping[str, int], *, version: int = 0, key: str | None = None) -> r.CartView:
        """Add units of many SKUs, all or none."""
        raw = [_ffi.make(_ffi.sc_cart_item, sku=sku, quantity=units) for sku, units in items.items()]
        return self._answer(_ffi.lib.sc_cart_add, version, key, _ffi.array(_ffi.sc_cart_item, raw), len(raw))

    def set(self, quantities: Mapping[uuid.UUID, int], *, version: int = 0, key: str | None = None) -> r.CartView:
        """Give lines new quantities, by their ids; 0 removes a line."""
        raw = [_ffi.make(_ffi.sc_cart_quantity, line=_ffi.id_in(line), quantity=units)
               for line, units in quantities.items()]
        return self._answer(_ffi.lib.sc_cart_set, version, key, _ffi.array(_ffi.sc_cart_quantity, raw), len(raw))

    def remove(self, lines: Sequence[uuid.UUID], *, version: int = 0, key: str | None = None) -> r.CartView:
        raw = [_ffi.id_in(line) for line in lines]
        return self._answer(_ffi.lib.sc_cart_remove, version, key, _ffi.array(_ffi.sc_id, raw), len(raw))

    def save_for_later(self, lines: Sequence[uuid.UUID], later: bool = True, *, version: int = 0,
                       key: str | None = None) -> r.CartView:
        """Put lines aside, or with `later` False back among those to be bought."""
        raw = _ffi.array(_ffi.sc_id, [_ffi.id_in(line) for line in lines])
        return self._answer(_ffi.lib.sc_cart_save, version, key, raw, len(lines), later)

    def set_note(self, note: str, *, version: int = 0, key: str | None = None) -> r.CartView:
        """What the buyer wants to tell the shop; empty removes it."""
        return self._answer(_ffi.lib.sc_cart_set_note, version, key, _ffi.text(note, "note"))

    def add_coupon(self, code: str, *, version: int = 0, key: str | None = None) -> r.CartView:
        """Put a code into the cart. Whether it takes something off is for a quote to say."""
        return self._answer(_ffi.lib.sc_coupon_add, version, key, _ffi.text(code, "code"))

    def remove_coupon(self, code: str, *, version: int = 0, key: str | None = None) -> r.CartView:
        return self._answer(_ffi.lib.sc_coupon_remove, version, key, _ffi.text(code, "code"))

    def merge(self, guest_token: str, rule: r.MergeRule = r.MergeRule.ADD, *, version: int = 0, key: str | None = None) -> r.Merge:
        """Take over a guest's cart, as on login. What does not fit stays with the guest and is reported."""
        raw = _ffi.sc_cart_merge_report()
        with self._session.call(key) as call:
            call.ask(_ffi.lib.sc_cart_merge_by, self._ref(version), _ffi.text(guest_token, "guest_token"), rule,
                     call.arena, _ffi.ref(raw))
            return _convert.merge_out(raw)

    def abandoned(self, idle_ms: int, page: int = 200) -> Iterator[r.CartView]:
        """Carts with lines that nobody changed for so long, for the shop's own people; read a page at a time."""
        cursor = b""
        while True:
            raw = _ffi.sc_cart_page()
            with self._session.call() as call:
                call.ask(_ffi.lib.sc_cart_list_abandoned, _ffi.fit(idle_ms, _ffi.int64, "idle_ms"),
                         _ffi.fit(page, _ffi.uint32, "page"), _ffi.bytes_in(cursor), call.arena, _ffi.ref(raw))
                found = [_convert.cart_out(cart) for cart in _ffi.items(raw.carts, raw.count)]
                cursor = _ffi.bytes_out(raw.next)
            yield from found
            if not cursor:
                return

    def _ref(self, version: int) -> Any:
        return _ffi.ref(_ffi.make(_ffi.sc_cart_ref, owner=self._owner, version=version))

    def _answer(self, function: Any, version: int, key: str | None, *arguments: Any) -> r.CartView:
        """Call a function of the form (shop, call, cart, …, arena, out, error)."""
        raw = _ffi.sc_cart()
        with self._session.call(key) as call:
            call.ask(function, self._ref(version), *arguments, call.arena, _ffi.ref(raw))
            return _convert.cart_out(raw)
