"""What a cart costs, as a pure function of one document; and the tables that its numbers come from.

docs/guide/pricing.md describes documents. No function here needs a shop. Amounts are minor units, percentages text such
as "8.875", or integers.
"""
from __future__ import annotations

import decimal
import enum
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from . import _ffi

Percent = int | str
ROUNDINGS = ("half_up", "half_away", "half_even", "down", "up")
SHIPPING_KINDS = ("flat", "by_weight", "by_subtotal", "by_item")


def price(document: Mapping[str, Any], *, explain: bool = False, best: bool = False) -> dict[str, Any]:
    """Price a document. `explain` adds how it came about, `best` looks for the best combination of promotions."""
    flags = (_ffi.SC_PRICE_EXPLAIN if explain else 0) | (_ffi.SC_PRICE_BEST if best else 0)
    out = _ffi.sc_bytes()
    with _ffi.scratch() as mine:
        raw = _ffi.bytes_in(json.dumps(document).encode())
        mine.check(_ffi.lib.sc_price_document(raw, flags, mine.arena, _ffi.ref(out), mine.error))
        answer: dict[str, Any] = json.loads(_ffi.bytes_out(out))
    return answer


def what_if(document: Mapping[str, Any], *, promotions: Sequence[Mapping[str, Any]] | None = None,
            tax_rates: Mapping[str, Percent] | None = None,
            policy: str | Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What a document, of a cart or an order, would cost under other rules: `before`, `after` and `difference`."""
    other = {"promotions": promotions, "tax_rates": tax_rates, "policy": policy}
    return price({"order": document, "what_if": {name: rule for name, rule in other.items() if rule is not None}})


def allocate(amount: int, weights: Sequence[int], method: str = "largest_remainder") -> list[int]:
    """Shares of an amount by weights; they add up to it."""
    shares: list[int] = price({"allocate": {"amount": amount, "weights": list(weights), "method": method}})["shares"]
    return shares


def presets() -> list[str]:
    """The names of policies that reproduce well-known shop systems."""
    names: list[str] = []
    while (name := _ffi.lib.sc_price_policy_name(len(names))) is not None:
        names.append(_ffi.string(name))
    return names


# ---- price lists -------------------------------------------------------------------------------


class PriceVerdict(enum.IntEnum):
    """What became of an entry of a price list."""

    CHOSEN = 0
    OTHER_SKU = 1
    OTHER_CURRENCY = 2
    OTHER_GROUP = 3
    OTHER_CHANNEL = 4
    NOT_YET = 5
    OVER = 6
    TOO_FEW = 7
    LESS_SPECIFIC = 8
    LOWER_PRIORITY = 9
    LOWER_TIER = 10
    DEARER = 11
    LISTED_LATER = 12
    OVERRIDDEN = 13


@dataclass(frozen=True)
class PriceEntry:
    """One price of one SKU; what is not given means for everybody, everywhere, always."""

    sku: str
    amount: int
    currency: str
    list: str | None = None
    customer_group: str | None = None
    channel: str | None = None
    from_ms: int = 0
    until_ms: int = 0
    min_quantity: int = 0
    priority: int = 0
    sale: bool = False
    tax_inclusive: bool = False
    compare_at: int = 0


@dataclass(frozen=True)
class ChosenPrice:
    """Which entry it was (None: the override), and what became of each of them."""

    entry: int | None
    unit_price: int
    compare_at: int
    on_sale: bool
    tax_inclusive: bool
    reason: str | None
    verdicts: tuple[PriceVerdict, ...]


def choose_price(entries: Sequence[PriceEntry], sku: str, currency: str, *, quantity: int = 1, time_ms: int = 0,
                 customer_group: str | None = None, channel: str | None = None, override_amount: int = 0,
                 override_reason: str | None = None) -> ChosenPrice:
    """The price of a SKU: the one for this very group and channel, then the list of the highest priority, then the
    highest tier reached, then the lowest. With a reason, the override. NotFound when none applies."""
    rows = _ffi.array(_ffi.sc_price_entry, [_ffi.make(_ffi.sc_price_entry, **vars(entry)) for entry in entries])
    query = _ffi.make(_ffi.sc_price_query, sku=sku, currency=currency, customer_group=customer_group, channel=channel,
                      quantity=quantity, time_ms=time_ms, override_amount=override_amount,
                      override_reason=override_reason)
    raw = _ffi.sc_price_choice()
    with _ffi.scratch() as mine:
        mine.check(_ffi.lib.sc_price_choose(rows, len(entries), _ffi.ref(query), mine.arena, _ffi.ref(raw), mine.error))
        return ChosenPrice(raw.entry if raw.entry >= 0 else None, raw.unit_price, raw.compare_at, raw.on_sale,
                           raw.tax_inclusive, _ffi.optional_string(raw.reason),
                           tuple(PriceVerdict(verdict) for verdict in _ffi.items(raw.verdicts, len(entries))))


# ---- taxes and shipping ------------------------------------------------------------------------


def _rate_in(percent: Percent) -> int:
    rate = decimal.Decimal(percent) * _ffi.SC_RATE_PERCENT
    if rate != rate.to_integral_value():
        raise ValueError("a percentage has at most 6 places")
    return int(rate)


def _rate_out(rate: int) -> str:
    return format((decimal.Decimal(rate) / _ffi.SC_RATE_PERCENT).normalize(), "f")


@dataclass(frozen=True)
class TaxRule:
    """One tax of one place. Taxes of different levels add up; of one level the most precise rule counts."""

    rate: Percent
    country: str | None = None
    region: str | None = None
    postal_prefix: str | None = None
    tax_class: str | None = None
    level: int = 0
    compound: bool = False


@dataclass(frozen=True)
class ChosenTaxes:
    """Rates, lowest level first, and which rule each came from."""

    rates: tuple[str, ...]
    rules: tuple[int, ...]
    compound: bool
    exempt: bool


def choose_taxes(rules: Sequence[TaxRule], country: str | None = None, region: str | None = None,
                 postal: str | None = None, *, tax_class: str | None = None, home_country: str | None = None,
                 exempt: bool = False, business: bool = False) -> ChosenTaxes:
    """The taxes of a place and class. A business abroad has its charge reversed."""
    rows = _ffi.array(_ffi.sc_tax_rule, [_ffi.make(_ffi.sc_tax_rule, **{**vars(rule), "rate": _rate_in(rule.rate)})
                                         for rule in rules])
    query = _ffi.make(_ffi.sc_tax_query, country=country, region=region, postal=postal, tax_class=tax_class,
                      home_country=home_country, exempt=exempt, business=business)
    raw = _ffi.sc_tax_choice()
    with _ffi.scratch() as mine:
        mine.check(_ffi.lib.sc_tax_choose(rows, len(rules), _ffi.ref(query), mine.arena, _ffi.ref(raw), mine.error))
        return ChosenTaxes(tuple(_rate_out(rate) for rate in _ffi.items(raw.rates, raw.count)),
                           tuple(_ffi.items(raw.rules, raw.count)), raw.compound, raw.exempt)


@dataclass(frozen=True)
class ShippingRate:
    """One way to ship to one place. `kind`: flat, by_weight, by_subtotal or by_item; `brackets`: (up to, amount)."""

    code: str
    kind: str = "flat"
    amount: int = 0
    country: str | None = None
    region: str | None = None
    additional: int = 0
    max_units: int = 0
    free_from: int = 0
    brackets: Sequence[tuple[int, int]] = ()


def shipping_offers(rates: Sequence[ShippingRate], country: str | None = None, region: str | None = None, *,
                    subtotal: int = 0, weight_g: int = 0, units: int = 0) -> dict[str, int]:
    """What a shipment costs by every rate that serves its place, cheapest first."""
    rows = []
    for rate in rates:
        brackets = [_ffi.make(_ffi.sc_shipping_bracket, up_to=up_to, amount=amount) for up_to, amount in rate.brackets]
        rows.append(_ffi.make(_ffi.sc_shipping_rate, **{
            **vars(rate), "kind": SHIPPING_KINDS.index(rate.kind), "bracket_count": len(brackets),
            "brackets": _ffi.array(_ffi.sc_shipping_bracket, brackets)}))
    query = _ffi.make(_ffi.sc_shipping_query, country=country, region=region, subtotal=subtotal, weight_g=weight_g,
                      units=units)
    found, count = _ffi.handle(_ffi.sc_shipping_offer), _ffi.size()
    with _ffi.scratch() as mine:
        mine.check(_ffi.lib.sc_shipping_offers(_ffi.array(_ffi.sc_shipping_rate, rows), len(rows), _ffi.ref(query),
                                               mine.arena, _ffi.ref(found), _ffi.ref(count), mine.error))
        return {_ffi.string(offer.code): offer.amount for offer in _ffi.items(found, count.value)}


# ---- other currencies, and prices that look well -------------------------------------------------


def convert(amount: int, source: str, target: str, rate: tuple[int, int], *, time_ms: int = 0,
            rounding: str = "half_up") -> int:
    """An amount in another currency, for display: one `source` is rate[0] / rate[1] `target`."""
    exchange = _ffi.make(_ffi.sc_exchange_rate, to=target, numerator=rate[0], denominator=rate[1], time_ms=time_ms,
                         **{"from": source})
    raw = _ffi.sc_converted()
    with _ffi.scratch() as mine:
        mine.check(_ffi.lib.sc_price_convert(_ffi.ref(exchange), _ffi.fit(amount, _ffi.int64, "amount"),
                                             ROUNDINGS.index(rounding), _ffi.ref(raw), mine.error))
    return int(raw.amount)


def round_cash(amount: int, step: int, rounding: str = "half_up") -> int:
    """An amount as cash: a multiple of the smallest coin."""
    raw = _ffi.int64()
    with _ffi.scratch() as mine:
        mine.check(_ffi.lib.sc_price_round_cash(_ffi.fit(amount, _ffi.int64, "amount"),
                                                _ffi.fit(step, _ffi.int64, "step"), ROUNDINGS.index(rounding),
                                                _ffi.ref(raw), mine.error))
    return int(raw.value)


def charm(amount: int, step: int, ending: int) -> int:
    """The nearest price that ends well, such as 99 within each 100."""
    raw = _ffi.int64()
    with _ffi.scratch() as mine:
        mine.check(_ffi.lib.sc_price_charm(_ffi.fit(amount, _ffi.int64, "amount"), _ffi.fit(step, _ffi.int64, "step"),
                                           _ffi.fit(ending, _ffi.int64, "ending"), _ffi.ref(raw), mine.error))
    return int(raw.value)
