"""Checkout: from a cart to an order that is paid for."""
from __future__ import annotations

from typing import Any

from . import _convert, _ffi
from . import records as r
from ._session import Session


class Checkout:
    """quote, place, pay; or buy, which places and pays.

    The key is yours: the same key with the same request gives the same answer, however often and from wherever it is
    asked. When buy answers with an exception the order may exist all the same: find tells.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def quote(self, country: str | None = None, region: str | None = None, *, since: str | None = None,
              postal_code: str | None = None, shipping_rate: str | None = None, customer_group: str | None = None,
              channel: str | None = None, email: str | None = None, business: bool = False,
              tax_exempt: bool = False, utc_offset_s: int = 0) -> r.Quote:
        """Price the cart and look at stock, without holding any. With the token of a former quote, expired or not, the
        changes are exactly those `since` it was made."""
        options = _ffi.make(_ffi.sc_quote_options, country=country, region=region, postal_code=postal_code,
                            shipping_rate=shipping_rate, customer_group=customer_group, channel=channel, email=email,
                            business=business, tax_exempt=tax_exempt, utc_offset_s=utc_offset_s)
        raw = _ffi.sc_quote()
        with self._session.call() as call:
            if since is None:
                call.ask(_ffi.lib.sc_checkout_quote, _ffi.ref(options), call.arena, _ffi.ref(raw))
            else:
                call.ask(_ffi.lib.sc_checkout_requote, _ffi.text(since, "since"), _ffi.ref(options), call.arena,
                         _ffi.ref(raw))
            return _convert.quote_out(raw)

    def place(self, key: str, shipping: r.Address, *, payment: str | None = None, billing: r.Address | None = None,
              email: str | None = None, quote: str | None = None, consent: bool = False) -> r.Placement:
        """Make an order of the cart, or of a quote's token: its stock is held, its money still open."""
        return self._place(_ffi.lib.sc_checkout_place, key, shipping, payment, billing, email, quote, consent)

    def buy(self, key: str, shipping: r.Address, *, payment: str | None = None, billing: r.Address | None = None,
            email: str | None = None, quote: str | None = None, consent: bool = False) -> r.Placement:
        """Place and pay in one call."""
        return self._place(_ffi.lib.sc_checkout_buy, key, shipping, payment, billing, email, quote, consent)

    def find(self, key: str) -> r.Placement:
        """What was placed under a key. NotFound when nothing was."""
        raw = _ffi.sc_placement()
        with self._session.call(key) as call:
            call.ask(_ffi.lib.sc_checkout_find, call.arena, _ffi.ref(raw))
            return _convert.placement_out(raw)

    def pay(self, order_id: str, payment: str | None = None) -> None:
        """Take the money of an order and confirm it. Never charges an order that is paid for."""
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_checkout_pay, _ffi.text(order_id, "order_id"), _ffi.optional_text(payment, "payment"))

    def webhook(self, body: bytes, signature: str) -> None:
        """Take in what a provider's webhook said; for the shop itself."""
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_checkout_webhook, _ffi.bytes_in(body), _ffi.text(signature, "signature"))

    def _place(self, function: Any, key: str, shipping: r.Address, payment: str | None, billing: r.Address | None,
               email: str | None, quote: str | None, consent: bool) -> r.Placement:
        request = _ffi.make(_ffi.sc_checkout_request, quote=quote, payment_token=payment, email=email,
                            shipping=_convert.address_in(shipping),
                            billing=_convert.address_in(billing) if billing else None, consent=consent)
        raw = _ffi.sc_placement()
        with self._session.call(key) as call:
            call.ask(function, _ffi.ref(request), call.arena, _ffi.ref(raw))
            return _convert.placement_out(raw)
