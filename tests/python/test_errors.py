"""Exceptions: their family, their fields, and what Python alone has to refuse."""
from __future__ import annotations

import pickle

import pytest
from conftest import HOME
from shopcore import NOT_TRACKED, Money, Refusal, ReserveLine, Shop, ShopClosed, access_table, errors


def test_a_refusal_says_which_line_and_how_much_there_is(shop: Shop) -> None:
    with pytest.raises(errors.OutOfStock) as said:
        shop.inventory.reserve([ReserveLine("mug-red", 1), ReserveLine("mug-blue", 7)])
    refusal = said.value
    assert isinstance(refusal, Refusal) and refusal.status == -102
    assert (refusal.index, refusal.wanted, refusal.available) == (1, 7, 5) and str(refusal)
    assert shop.inventory.level("mug-red").held == 0


def test_bad_input_names_its_field(shop: Shop) -> None:
    with pytest.raises(errors.OutOfRange) as said:
        shop.inventory.receive("mug-blue", 0)
    assert "quantity" in said.value.field and isinstance(said.value, errors.BadInput)


def test_an_exception_survives_pickle(shop: Shop) -> None:
    with pytest.raises(errors.OutOfStock) as said:
        shop.inventory.reserve("mug-blue", 7)
    again = pickle.loads(pickle.dumps(said.value))
    assert type(again) is errors.OutOfStock and (again.wanted, str(again)) == (7, str(said.value))


def test_a_number_too_large_for_c_is_refused_not_cut_off(shop: Shop) -> None:
    for number in (1 << 63, -(1 << 63) - 1, (1 << 64) + 1):
        with pytest.raises(errors.OutOfRange):
            shop.inventory.receive("mug-blue", number)
    assert shop.inventory.level("mug-blue").on_hand == 5


def test_text_with_a_nul_or_half_a_character_is_refused_not_cut_off(shop: Shop) -> None:
    for text in ("mug-blue\0x", "mug-\ud800"):
        with pytest.raises(errors.BadText):
            shop.inventory.receive(text, 1)


def test_a_float_is_no_quantity(shop: Shop) -> None:
    with pytest.raises(TypeError):
        shop.inventory.receive("mug-blue", 1.5)  # type: ignore[arg-type]


def test_a_customer_sees_no_other_carts_and_no_counters(shop: Shop) -> None:
    ada, bob = shop.customer("ada"), shop.customer("bob")
    ada.cart.add("mug-blue")
    with pytest.raises(errors.NotAllowed):
        bob.cart.of("u:ada").get()
    order = ada.checkout.place("k-1", HOME)
    with pytest.raises((errors.NotAllowed, errors.NotFound)):
        bob.orders.get(order.id)
    with pytest.raises(errors.NotAllowed):
        bob.inventory.receive("mug-blue", 1)
    level = bob.inventory.level("mug-blue")
    assert level.available == 4 and level.on_hand == 0
    assert "customer" in access_table()
    assert shop.cart.of("u:ada").get().owner == "u:ada"


def test_a_call_after_its_deadline_is_not_sent(shop: Shop) -> None:
    with pytest.raises(errors.Deadline):
        shop.within(0.000000001).inventory.receive("mug-blue", 1)
    shop.within(60).inventory.receive("mug-blue", 1)
    assert shop.inventory.level("mug-blue").on_hand == 6


def test_a_closed_shop_says_so_and_may_be_closed_twice(shop: Shop) -> None:
    shop.close()
    shop.close()
    assert shop.closed
    with pytest.raises(ShopClosed):
        shop.now_ms()
    with pytest.raises(ShopClosed):
        shop.customer("ada").cart.get()


def test_a_shop_needs_one_store() -> None:
    with pytest.raises(errors.BadArgument):
        Shop()
    with pytest.raises(errors.Unsupported):
        Shop("tape:")
    with pytest.raises(errors.BadInput):
        Shop("memory:", currency="EURO")


def test_money_is_exact_and_knows_its_currency() -> None:
    assert str(Money(-1250, "USD")) == "-12.50 USD" and str(Money(500, "JPY")) == "500 JPY"
    assert Money.parse("1.250 BHD") == Money(1250, "BHD") == Money.of("1.25", "BHD")
    assert str(Money(1250, "USD").decimal) == "12.50" and str(Money(7, "JPY").decimal) == "7"
    assert Money(1, "USD") + Money(2, "USD") * 2 - Money(3, "USD") == Money(2, "USD")
    with pytest.raises(ValueError):
        Money(1, "USD") + Money(1, "EUR")
    with pytest.raises(errors.BadFormat):
        Money.of("1.255", "USD")
    with pytest.raises(errors.BadCurrency):
        Money(1, "XXX_").decimal
    assert NOT_TRACKED < 0
