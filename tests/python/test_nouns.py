"""Catalogue, search, inventory and cart: what goes in comes out again, and lists come in pages."""
from __future__ import annotations

import dataclasses
import io
from decimal import Decimal

import pytest
from conftest import HOME
from shopcore import (NOT_TRACKED, Category, HoldState, Image, ImportRow, MergeRule, Product, ReserveLine, Shop, Sku,
                      errors, moment, new_id, price)


def test_a_product_comes_back_as_it_was_written(shop: Shop) -> None:
    shop.catalog.create_category(Category("kitchen", "Kitchen"))
    lamp = Product("lamp", "A lämp", [Sku("lamp-1", 4990, "USD", name="Small", options={"size": "S"})], brand="Lux",
                   description="Bright.", attributes={"watts": Decimal("7.5"), "dimmable": True, "colour": "white"},
                   categories=["kitchen"], images=[Image("https://example.org/1.jpg", "the lamp")], rating_milli=4500,
                   rating_count=2, popularity=9)
    version = shop.catalog.create(lamp)
    read = shop.catalog.get("lamp")
    assert (read.id, read.name, read.brand, read.description) == ("lamp", "A lämp", "Lux", "Bright.")
    assert read.version == version
    assert dict(read.attributes) == dict(lamp.attributes) and read.categories == ("kitchen",)
    assert read.images == (Image("https://example.org/1.jpg", "the lamp"),)
    assert (read.rating_milli, read.rating_count, read.popularity) == (4500, 2, 9)
    assert [(sku.sku, sku.name, sku.price_minor, dict(sku.options)) for sku in read.skus] == [
        ("lamp-1", "Small", 4990, {"size": "S"})]
    assert [product.id for product in shop.catalog.products("kitchen")] == ["lamp"]
    assert [category.name for category in shop.catalog.categories()] == ["Kitchen"]
    assert shop.catalog.category("kitchen").id == "kitchen"


def test_two_people_at_one_product_never_overwrite_each_other_unseen(shop: Shop) -> None:
    mine = shop.catalog.get("mug")
    theirs = shop.catalog.get("mug")
    shop.catalog.put(dataclasses.replace(mine, name="My mug"))
    with pytest.raises(errors.Changed):
        shop.catalog.put(dataclasses.replace(theirs, name="Their mug"))
    assert shop.catalog.get("mug").name == "My mug"


def test_products_are_listed_in_pages_of_any_size(shop: Shop) -> None:
    shop.catalog.merge([Product(f"p-{i:03}", f"Product {i}", [Sku(f"s-{i:03}", i, "USD")]) for i in range(25)])
    expected = ["mug", *(f"p-{i:03}" for i in range(25))]
    for page in (1, 7, 26, 1000):
        assert [product.id for product in shop.catalog.products(page=page)] == expected
    many = shop.catalog.get_many(["p-001", "nothing", "p-003"])
    assert [product and product.id for product in many] == ["p-001", None, "p-003"]
    assert [sku and sku.price_minor for sku in shop.catalog.skus(["s-007", "nothing"])] == [7, None]


def test_what_is_deleted_is_gone(shop: Shop) -> None:
    shop.catalog.delete_sku(shop.catalog.sku("mug-red"))
    with pytest.raises(errors.NotFound):
        shop.catalog.sku("mug-red")
    shop.catalog.delete(shop.catalog.get("mug"))
    with pytest.raises(errors.NotFound):
        shop.catalog.get("mug")


def test_a_merge_reports_the_first_that_was_refused(shop: Shop) -> None:
    good, bad = Product("good", "Good", [Sku("g", 1, "USD")]), Product("bad", "Bad", [Sku("b", -1, "USD")])
    with pytest.raises(errors.BadInput) as said:
        shop.catalog.merge([good, bad])
    assert said.value.index == 1 and shop.catalog.get("good").name == "Good"


def test_a_file_is_imported_and_wrong_lines_are_told_with_their_number(shop: Shop) -> None:
    lines = (b'{"sku":"a","name":"A","price":100,"currency":"USD"}\nnonsense\n'
             b'{"sku":"b","name":"B","price":200,"currency":"USD"}\n')
    rows: list[ImportRow] = []
    summary = shop.catalog.import_lines(io.BytesIO(lines), on_row=rows.append)
    assert (summary.lines, summary.created, summary.rejected) == (3, 2, 1)
    assert [(row.line, row.accepted) for row in rows] == [(1, True), (2, False), (3, True)] and rows[1].reason
    foreign = [b'{"id":"c","title":"C",', b'"cost":"1.25"}\n']
    shop.catalog.import_lines(foreign, map={"sku": "id", "name": "title", "price": {"decimal": "cost"},
                                            "currency": {"const": "USD"}})
    assert shop.catalog.sku("c").price_minor == 125


def test_what_a_row_callback_raises_comes_out_of_the_import(shop: Shop) -> None:
    def stop(_: object) -> None:
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        shop.catalog.import_lines([b'{"sku":"a","name":"A","price":100,"currency":"USD"}\n'], on_row=stop)


def test_search_finds_what_the_catalogue_has() -> None:
    with Shop("memory:", search="fts5::memory:") as shop:
        shop.catalog.merge([Product(f"mug-{i}", f"Blue mug number {i}", [Sku(f"s-{i}", i, "USD")]) for i in range(30)])
        shop.search.follow()
        page = shop.search.page("blue mugs", limit=7)
        assert len(page.hits) == 7 and page.total == 30 and not page.total_is_floor
        found = [product.id for product in shop.search.find("blue mugs", page=7)]
        assert len(found) == 30 and len(set(found)) == 30
        assert list(shop.search.find("teapot")) == [] and shop.search.rebuild() == 30


def test_a_shop_without_an_index_says_that_it_cannot_search(shop: Shop) -> None:
    with pytest.raises(errors.Unsupported):
        shop.search.page("mug")


def test_a_reservation_is_committed_released_or_looked_up(shop: Shop) -> None:
    mine = new_id()
    held = shop.inventory.reserve({"mug-blue": 2, "mug-red": 1}, id=mine)
    assert shop.inventory.reserve({"mug-blue": 2, "mug-red": 1}, id=mine) == held and held.id == mine
    assert held.state is HoldState.HELD and moment(held.deadline_ms) > moment(shop.now_ms())
    assert shop.inventory.extend(mine, 3600000) > held.deadline_ms
    shop.inventory.commit(mine, {0: 1})
    detail = shop.inventory.reservation(mine)
    assert detail.reservation.state is HoldState.COMMITTED
    assert [(take.sku, take.quantity, take.committed) for take in detail.takes] == [
        ("mug-blue", 2, 1), ("mug-red", 1, 0)]
    shop.inventory.fulfil(mine)
    level = shop.inventory.level("mug-blue")
    assert (level.on_hand, level.held, level.committed, level.available) == (4, 0, 0, 4)
    other = shop.inventory.reserve("mug-red", 1)
    shop.inventory.release(other.id)
    with pytest.raises(errors.HoldSettled):
        shop.inventory.commit(other.id)
    assert shop.verify() == []


def test_units_come_from_several_places_when_they_may(shop: Shop) -> None:
    shop.inventory.receive("mug-blue", 3, location="north")
    line = ReserveLine("mug-blue", 7, locations=["north", "main"], split=True)
    detail = shop.inventory.reservation(shop.inventory.reserve([line]).id)
    assert [(take.location, take.quantity) for take in detail.takes] == [("north", 3), ("main", 4)]
    shop.inventory.transfer("mug-blue", 1, to="north")
    assert [level.available for level in shop.inventory.levels(["mug-blue", ("mug-blue", "north")])] == [0, 1]


def test_an_empty_shelf_is_told_and_the_latest_orders_give_way(shop: Shop) -> None:
    ada = shop.customer("ada")
    ada.cart.add("mug-blue", 3)
    order = ada.checkout.buy("k", HOME, payment="tok_ok")
    assert shop.inventory.shortages() == []
    shop.inventory.set("mug-blue", 1)
    assert [(row.missing, row.cancelled) for row in shop.inventory.shortages()] == [(2, 0)]
    assert [(row.cancelled, row.orders) for row in shop.inventory.shortages(cancel="units")] == [(2, 1)]
    assert shop.inventory.shortages() == []
    assert shop.orders.get(order.id).status == "CONFIRMED"


def test_the_journal_tells_each_movement_newest_first(shop: Shop) -> None:
    shop.inventory.adjust("mug-blue", -1, reason="breakage")
    shop.inventory.set("mug-blue", 9)
    shop.inventory.set_safety("mug-blue", 2)
    moves = list(shop.inventory.journal("mug-blue", page=1))
    assert [move.reason for move in moves] == ["safety", "count", "breakage", "receive"]
    assert [move.on_hand_after for move in moves] == [9, 9, 4, 5] and moves == list(shop.inventory.journal("mug-blue"))
    assert shop.inventory.level("mug-blue").available == 7
    shop.inventory.set_safety("mug-blue", NOT_TRACKED)
    shop.inventory.reserve("mug-blue", 1000)


def test_a_repeat_with_a_key_counts_once(shop: Shop) -> None:
    for _ in range(2):
        shop.inventory.receive("mug-blue", 3, key="delivery-7")
    assert shop.inventory.level("mug-blue").on_hand == 8


def test_holds_that_lapsed_are_settled_by_expire(shop: Shop) -> None:
    shop.inventory.reserve("mug-blue", 5, ttl_ms=1)
    while shop.inventory.expire() == 0:
        pass
    assert shop.inventory.level("mug-blue").available == 5


def test_a_cart_is_changed_by_the_line_and_by_the_version(shop: Shop) -> None:
    ada = shop.customer("ada")
    ada.cart.add_all({"mug-blue": 1, "mug-red": 2})
    cart = ada.cart.add("mug-blue", 1, {"engraving": "Ada"}, key="click")
    assert ada.cart.add("mug-blue", 1, {"engraving": "Ada"}, key="click").lines == cart.lines
    assert [line.quantity for line in cart.lines] == [1, 2, 1] and cart.currency == "USD"
    cart = ada.cart.set({cart.lines[0].id: 4}, version=cart.version)
    with pytest.raises(errors.Changed):
        ada.cart.remove([cart.lines[1].id], version=cart.version - 1 or 1)
    cart = ada.cart.remove([cart.lines[1].id], version=cart.version)
    assert [(line.sku, line.quantity) for line in cart.lines] == [("mug-blue", 4), ("mug-blue", 1)]


def test_a_guests_cart_is_taken_over_on_login(shop: Shop) -> None:
    shop.guest("t-1").cart.add("mug-blue", 2)
    ada = shop.customer("ada")
    ada.cart.add("mug-blue", 1)
    merge = ada.cart.merge("t-1")
    assert merge.units_moved == 2 and merge.leftovers == () and merge.cart.lines[0].quantity == 3


def test_a_merge_follows_the_rule_it_is_given(shop: Shop) -> None:
    for rule, units in ((MergeRule.ADD, 5), (MergeRule.LARGER, 3), (MergeRule.KEEP_USER, 2), (MergeRule.KEEP_GUEST, 3)):
        buyer = shop.customer(f"buyer-{rule}")
        buyer.cart.add("mug-blue", 2)
        shop.guest(f"t-{rule}").cart.add("mug-blue", 3)
        assert [line.quantity for line in buyer.cart.merge(f"t-{rule}", rule).cart.lines] == [units]


def test_lines_are_saved_for_later_and_a_note_is_kept(shop: Shop) -> None:
    ada = shop.customer("ada")
    line = ada.cart.add("mug-blue").lines[0].id
    cart = ada.cart.save_for_later([line])
    assert cart.lines == () and [saved.sku for saved in cart.saved] == ["mug-blue"]
    cart = ada.cart.save_for_later([line], later=False)
    assert [back.sku for back in cart.lines] == ["mug-blue"] and cart.saved == ()
    assert ada.cart.set_note("Ring twice.").note == ada.cart.get().note == "Ring twice."


def test_abandoned_carts_are_listed_for_the_shop_alone(shop: Shop) -> None:
    for i in range(5):
        shop.customer(f"buyer-{i}").cart.add("mug-blue")
    carts = list(shop.cart.abandoned(0, page=2))
    assert [cart.owner for cart in carts] == [f"u:buyer-{i}" for i in range(5)]
    with pytest.raises(errors.NotAllowed):
        list(shop.customer("ada").cart.abandoned(0))


def test_a_shop_serves_from_its_locations_and_limits_its_carts() -> None:
    with Shop("memory:", locations=["north", "south"], split_lines=True, cart_line_units_max=4) as shop:
        shop.catalog.create(Product("mug", "A mug", [Sku("mug-blue", 1250, "USD")]))
        shop.inventory.receive("mug-blue", 2, location="north")
        shop.inventory.receive("mug-blue", 2, location="south")
        ada = shop.customer("ada")
        with pytest.raises(errors.LimitReached):
            ada.cart.add("mug-blue", 5)
        ada.cart.add("mug-blue", 3)
        ada.checkout.place("k-1", HOME)
        levels = shop.inventory.levels([("mug-blue", "north"), ("mug-blue", "south")])
        assert [level.available for level in levels] == [0, 1]


def test_a_document_is_priced() -> None:
    answer = price({"currency": "USD", "lines": [{"sku": "a", "unit_price": 1250, "quantity": 2}]})
    assert 2500 in answer.values() or "2500" in str(answer)
    with pytest.raises(errors.BadFormat):
        price({"nonsense": 1})
