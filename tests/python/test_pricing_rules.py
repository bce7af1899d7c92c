"""Promotions, coupons, taxes and shipping rates of a shop: documents go in, and the next quote is priced by them."""
from __future__ import annotations

import pytest
from conftest import HOME
from shopcore import OfferChangeKind, Shop, errors, price, what_if

SPRING = {"id": "spring", "type": "percentage", "value": 10, "coupon": "SPRING"}


def test_rules_are_listed_as_they_were_put(shop: Shop) -> None:
    for number in range(7):
        shop.taxes.put({"id": f"t{number}", "rate": number, "country": "GB", "level": number})
    assert [tax["rate"] for tax in shop.taxes.list(page=3)] == list(range(7))
    shop.taxes.delete("t3")
    assert [tax["id"] for tax in shop.taxes.list()] == ["t0", "t1", "t2", "t4", "t5", "t6"]
    with pytest.raises(errors.NotFound):
        shop.taxes.delete("t3")


def test_a_wrong_document_names_its_place(shop: Shop) -> None:
    with pytest.raises(errors.BadInput) as caught:
        shop.promotions.put({"id": "p", "type": "percentage", "value": 10, "conditions": {"min_quantty": 2}})
    assert caught.value.field == "/conditions/min_quantty"


def test_only_the_shop_edits_rules(shop: Shop) -> None:
    with pytest.raises(errors.NotAllowed):
        shop.customer("ada").promotions.put(SPRING)


def test_a_code_is_quoted_bought_counted_and_explained(shop: Shop) -> None:
    shop.promotions.put(SPRING)
    shop.coupons.put({"id": "SPRING", "limit": 1})
    shop.taxes.put({"id": "gb", "country": "GB", "rate": 20})
    shop.shipping.put({"id": "post", "amount": 300})
    ada = shop.customer("ada")
    ada.cart.add("mug-blue", 2)
    assert ada.cart.add_coupon("spring").coupons == ("SPRING",)
    quote = ada.checkout.quote(country="GB")
    assert (quote.discount_minor, quote.shipping_minor, quote.tax_minor) == (250, 360, 450 + 60)
    assert [(c.code, c.applied, c.discount_minor) for c in quote.coupons] == [("SPRING", True, 250)]
    assert dict(quote.promotions) == {"spring": 250}
    order = ada.checkout.buy("k", HOME, payment="tok_ok")
    bought = ada.orders.get(order.id)
    assert dict(bought.coupons) == {"SPRING": 250}
    assert (shop.coupons.count("SPRING").used, shop.coupons.count("SPRING").held) == (1, 0)
    explained = price(ada.orders.pricing(order.id), explain=True)
    assert explained["total_gross"] == bought.total_minor
    assert "spring" in explained["explanation"]["text"]
    bob = shop.customer("bob")
    bob.cart.add("mug-red")
    bob.cart.add_coupon("SPRING")
    assert [c.text for c in bob.checkout.quote().coupons] == ["it is used up"]


def test_what_changed_since_a_quote_is_told(shop: Shop) -> None:
    shop.promotions.put({"id": "tenth", "type": "percentage", "value": 10})
    ada = shop.customer("ada")
    ada.cart.add("mug-blue", 2)
    first = ada.checkout.quote()
    assert not ada.checkout.quote(since=first.token).changes
    shop.promotions.delete("tenth")
    again = ada.checkout.quote(since=first.token)
    assert [(c.kind, c.what, c.was, c.now) for c in again.changes] == [
        (OfferChangeKind.PROMOTION, "tenth", 250, 0), (OfferChangeKind.TOTAL_UP, "", 2250, 2500)]
    assert again.needs_consent


def test_codes_that_are_good_once_are_issued_and_imported(shop: Shop) -> None:
    shop.promotions.put(SPRING)
    shop.coupons.put({"id": "SPRING", "single_use": True})
    codes = shop.coupons.issue("SPRING", 5)
    assert len(set(codes)) == 5 and codes[2:4] == shop.coupons.issue("SPRING", 2, first=3)
    shop.coupons.import_codes("SPRING", [f"X{number}" for number in range(25000)])
    ada = shop.customer("ada")
    ada.cart.add("mug-blue", 2)
    ada.cart.add_coupon("X24999")
    assert ada.checkout.quote().discount_minor == 250
    ada.cart.remove_coupon("x24999")
    assert ada.cart.get().coupons == ()
    with pytest.raises(errors.NotFound):
        ada.cart.add_coupon("X25000")


def test_a_fee_is_quoted_kept_and_given_back(shop: Shop) -> None:
    shop.shipping.put({"id": "post", "amount": 100})
    shop.shipping.put({"id": "express", "amount": 900})
    shop.fees.put({"id": "wrapping", "amount": 300})
    shop.fees.put({"id": "welcome", "amount": -50})
    ada = shop.customer("ada")
    ada.cart.add("mug-blue", 2)
    quote = ada.checkout.quote(shipping_rate="express")
    assert (dict(quote.fees), quote.fees_minor, quote.total_minor) == ({"wrapping": 300, "welcome": -50}, 250, 3650)
    assert (quote.shipping_rate, list(quote.shipping_offers.items())) == ("express", [("post", 100), ("express", 900)])
    order = ada.checkout.buy("k", HOME, payment="tok_ok", shipping_rate="express")
    assert order.total_minor == 3650
    assert dict(ada.orders.get(order.id).fees) == {"wrapping": 300, "welcome": -50}
    assert shop.orders.refund(order.id, shipping=True)[0].amount_minor == 1200
    with pytest.raises(TypeError):
        ada.checkout.buy("k2", HOME, payment="tok_ok", shiping_rate="express")


def test_a_line_says_which_price_it_has(shop: Shop) -> None:
    shop.prices.put({"sku": "mug-blue", "prices": [
        {"amount": 1000, "currency": "USD", "list": "summer", "compare_at": 1250, "sale": True}]})
    ada = shop.customer("ada")
    ada.cart.add("mug-blue")
    price = ada.checkout.quote().prices[0]
    assert (price.list, price.compare_at_minor, price.on_sale) == ("summer", 1250, True)


def test_a_cart_and_an_order_under_other_rules(shop: Shop) -> None:
    shop.taxes.put({"id": "gb", "country": "GB", "rate": 20})
    ada = shop.customer("ada")
    ada.cart.add("mug-blue", 2)
    cart = ada.checkout.pricing("GB")
    assert what_if(cart, tax_rates={"20": 10})["difference"]["total_gross"] == -250
    order = ada.checkout.buy("k", HOME, payment="tok_ok")
    half = [{"id": "half", "type": "percentage", "value": 50}]
    assert what_if(ada.orders.pricing(order.id), promotions=half)["after"]["total_net"] == 1250
