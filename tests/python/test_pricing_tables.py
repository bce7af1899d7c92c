"""Price lists, tax tables, shipping rates and other currencies: pure functions, without a shop."""
from __future__ import annotations

import pytest
from shopcore import (PriceEntry, PriceVerdict, ShippingRate, TaxRule, allocate, charm, choose_price, choose_taxes,
                      convert, errors, presets, round_cash, shipping_offers)


def test_a_price_is_chosen_and_every_entry_says_what_became_of_it() -> None:
    entries = [PriceEntry("mug", 1000, "EUR", compare_at=1200), PriceEntry("mug", 900, "EUR", min_quantity=10),
               PriceEntry("mug", 800, "EUR", customer_group="trade"), PriceEntry("mug", 700, "USD")]
    one = choose_price(entries, "mug", "EUR")
    assert (one.entry, one.unit_price, one.compare_at) == (0, 1000, 1200)
    assert one.verdicts == (PriceVerdict.CHOSEN, PriceVerdict.TOO_FEW, PriceVerdict.OTHER_GROUP,
                            PriceVerdict.OTHER_CURRENCY)
    assert choose_price(entries, "mug", "EUR", quantity=10).unit_price == 900
    assert choose_price(entries, "mug", "EUR", customer_group="trade", quantity=10).unit_price == 800
    own = choose_price(entries, "mug", "EUR", override_amount=500, override_reason="scratched")
    assert (own.entry, own.unit_price, own.reason) == (None, 500, "scratched")
    with pytest.raises(errors.NotFound):
        choose_price(entries, "pot", "EUR")


def test_taxes_of_a_place() -> None:
    rules = [TaxRule("19", "DE"), TaxRule("7", "DE", tax_class="books"), TaxRule("5", "CA"),
             TaxRule("9.975", "CA", "QC", level=1)]
    assert choose_taxes(rules, "DE").rates == ("19",)
    assert choose_taxes(rules, "DE", tax_class="books").rules == (1,)
    assert choose_taxes(rules, "CA", "QC").rates == ("5", "9.975")
    assert choose_taxes(rules, "DE", home_country="FR", business=True).exempt
    with pytest.raises(ValueError):
        choose_taxes([TaxRule("0.0000001")])


def test_ways_to_ship() -> None:
    rates = [ShippingRate("post", amount=490, free_from=5000), ShippingRate("freight", "by_weight", brackets=[(1000, 300)]),
             ShippingRate("each", "by_item", amount=200, additional=50), ShippingRate("home", amount=1, country="DE")]
    assert list(shipping_offers(rates, "FR", subtotal=100, weight_g=900, units=3).items()) == [
        ("freight", 300), ("each", 300), ("post", 490)]
    assert shipping_offers(rates, "FR", subtotal=5000, weight_g=1001, units=1) == {"post": 0, "each": 200}


def test_amounts_in_other_currencies_and_prices_that_look_well() -> None:
    assert convert(1000, "EUR", "JPY", (16123, 100)) == 1612
    assert convert(1000, "EUR", "BHD", (41, 100)) == 4100
    assert (round_cash(1013, 5), round_cash(1012, 5)) == (1015, 1010)
    assert (charm(1042, 100, 99), charm(1050, 100, 99)) == (999, 1099)


def test_shares_and_presets() -> None:
    assert allocate(100, [1, 1, 1]) == [34, 33, 33]
    assert allocate(100, [1, 1, 1], "floor_then_last") == [33, 33, 34]
    assert "largest_remainder_gross" in presets()
