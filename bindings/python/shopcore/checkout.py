"""Checkout: from a cart to an order that is paid for."""
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from . import _convert, _ffi
from . import records as r
from ._session import Session

PLACE_OPTIONS = frozenset(("shipping_rate", "customer_group", "channel", "business", "tax_exempt", "utc_offset_s"))
QUOTE_OPTIONS = PLACE_OPTIONS | {"postal_code", "email"}


def _known(options: Mapping[str, Any], names: frozenset[str]) -> None:
    """A name that is none of them is a TypeError, as for any argument."""
    for name in options:
        if name not in names:
            raise TypeError(f"there is no option {name!r}")


def _options(country: str | None, region: str | None, **options: Any) -> Any:
    _known(options, QUOTE_OPTIONS)
    return _ffi.make(_ffi.sc_quote_options, country=country, region=region, **options)


_ALL_CREDIT = 2 ** 63 - 1  # SC_CREDIT_ALL


def _tenders(gift_cards: Sequence[str] | Mapping[str, int] = (), credit: int | bool = False) -> dict[str, Any]:
    amounts = gift_cards if isinstance(gift_cards, Mapping) else dict.fromkeys(gift_cards, 0)
    cards = [_ffi.make(_ffi.sc_gift_card_use, code=code, amount_minor=amount) for code, amount in amounts.items()]
    return {"gift_cards": _ffi.array(_ffi.sc_gift_card_use, cards), "gift_card_count": len(cards),
            "credit_minor": _ALL_CREDIT if credit is True else int(credit)}


def request_in(shipping: r.Address, payment: str | None, billing: r.Address | None, email: str | None,
               quote: str | None, consent: bool, options: Mapping[str, Any]) -> Any:
    """What place and buy ask for; among the options may be gift_cards and credit."""
    tenders = {name: options[name] for name in ("gift_cards", "credit") if name in options}
    others = {name: value for name, value in options.items() if name not in tenders}
    _known(others, PLACE_OPTIONS)
    return _ffi.make(_ffi.sc_checkout_request, quote=quote, payment_token=payment, email=email,
                     shipping=_convert.address_in(shipping),
                     billing=_convert.address_in(billing) if billing else None, consent=consent, **_tenders(**tenders),
                     **others)


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
        options = _options(country, region, postal_code=postal_code, shipping_rate=shipping_rate,
                           customer_group=customer_group, channel=channel, email=email, business=business,
                           tax_exempt=tax_exempt, utc_offset_s=utc_offset_s)
        raw = _ffi.sc_quote()
        with self._session.call() as call:
            if since is None:
                call.ask(_ffi.lib.sc_checkout_quote, _ffi.ref(options), call.arena, _ffi.ref(raw))
            else:
                call.ask(_ffi.lib.sc_checkout_requote, _ffi.text(since, "since"), _ffi.ref(options), call.arena,
                         _ffi.ref(raw))
            return _convert.quote_out(raw)

    def pricing(self, country: str | None = None, region: str | None = None, **options: Any) -> dict[str, Any]:
        """The pricing document of the cart, with the options of quote: shopcore.price() explains it, and what_if() says
        what it would cost under other rules."""
        out = _ffi.sc_bytes()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_checkout_pricing, _ffi.ref(_options(country, region, **options)), call.arena,
                     _ffi.ref(out))
            document: dict[str, Any] = json.loads(_ffi.bytes_out(out))
        return document

    def place(self, key: str, shipping: r.Address, *, payment: str | None = None, billing: r.Address | None = None,
              email: str | None = None, quote: str | None = None, consent: bool = False,
              gift_cards: Sequence[str] | Mapping[str, int] = (), credit: int | bool = False,
              **options: Any) -> r.Placement:
        """Make an order of the cart, or of a quote's token: its stock is held, its money still open. Without a quote
        the options are quote's: shipping_rate, customer_group, channel, business, tax_exempt, utc_offset_s.

        `gift_cards` are codes, or codes with exactly how much of each; `credit` is how much of the customer's store
        credit, or True for as much as there is. The provider takes what they leave: `due_minor` of the answer."""
        return self._place(_ffi.lib.sc_checkout_place, key, shipping, payment, billing, email, quote, consent,
                           {**options, "gift_cards": gift_cards, "credit": credit})

    def buy(self, key: str, shipping: r.Address, *, payment: str | None = None, billing: r.Address | None = None,
            email: str | None = None, quote: str | None = None, consent: bool = False,
            gift_cards: Sequence[str] | Mapping[str, int] = (), credit: int | bool = False,
            **options: Any) -> r.Placement:
        """Place and pay in one call; the options are those of place."""
        return self._place(_ffi.lib.sc_checkout_buy, key, shipping, payment, billing, email, quote, consent,
                           {**options, "gift_cards": gift_cards, "credit": credit})

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
               email: str | None, quote: str | None, consent: bool, options: Mapping[str, Any]) -> r.Placement:
        request = request_in(shipping, payment, billing, email, quote, consent, options)
        raw = _ffi.sc_placement()
        with self._session.call(key) as call:
            call.ask(function, _ffi.ref(request), call.arena, _ffi.ref(raw))
            return _convert.placement_out(raw)
