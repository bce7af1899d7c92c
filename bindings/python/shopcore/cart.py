"""The cart: what a buyer means to buy."""
from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
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
        return self._write(_ffi.lib.sc_cart_add, _ffi.ref(item), 1, version, key)

    def add_all(self, items: Mapping[str, int], *, version: int = 0, key: str | None = None) -> r.CartView:
        """Add units of many SKUs, all or none."""
        raw = [_ffi.make(_ffi.sc_cart_item, sku=sku, quantity=units) for sku, units in items.items()]
        return self._write(_ffi.lib.sc_cart_add, _ffi.array(_ffi.sc_cart_item, raw), len(raw), version, key)

    def set(self, quantities: Mapping[uuid.UUID, int], *, version: int = 0, key: str | None = None) -> r.CartView:
        """Give lines new quantities, by their ids; 0 removes a line."""
        raw = [_ffi.make(_ffi.sc_cart_quantity, line=_ffi.id_in(line), quantity=units)
               for line, units in quantities.items()]
        return self._write(_ffi.lib.sc_cart_set, _ffi.array(_ffi.sc_cart_quantity, raw), len(raw), version, key)

    def remove(self, lines: Sequence[uuid.UUID], *, version: int = 0, key: str | None = None) -> r.CartView:
        raw = [_ffi.id_in(line) for line in lines]
        return self._write(_ffi.lib.sc_cart_remove, _ffi.array(_ffi.sc_id, raw), len(raw), version, key)

    def merge(self, guest_token: str, *, version: int = 0, key: str | None = None) -> r.Merge:
        """Take over a guest's cart, as on login. What does not fit stays with the guest and is reported."""
        raw = _ffi.sc_cart_merge_report()
        with self._session.call(key) as call:
            call.ask(_ffi.lib.sc_cart_merge, self._ref(version), _ffi.text(guest_token, "guest_token"), call.arena,
                     _ffi.ref(raw))
            return _convert.merge_out(raw)

    def _ref(self, version: int) -> Any:
        return _ffi.ref(_ffi.make(_ffi.sc_cart_ref, owner=self._owner, version=version))

    def _write(self, function: Any, what: Any, count: int, version: int, key: str | None) -> r.CartView:
        raw = _ffi.sc_cart()
        with self._session.call(key) as call:
            call.ask(function, self._ref(version), what, count, call.arena, _ffi.ref(raw))
            return _convert.cart_out(raw)
