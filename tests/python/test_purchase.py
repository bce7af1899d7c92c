"""The whole way of a purchase, with what may come in between."""
from __future__ import annotations

import collections
import pathlib

import pytest
from conftest import HOME, ROOT
from shopcore import FakeGateway, Money, OfferChangeKind, Product, Shop, Sku, errors


def test_what_is_bought_is_an_order_with_its_money_and_its_history(shop: Shop, bank: FakeGateway) -> None:
    ada = shop.customer("ada")
    ada.cart.add("mug-blue", 2, {"engraving": "For Zoë"})
    placed = ada.checkout.buy("k-1", HOME, payment="tok_ok", email="ada@example.org")
    order = ada.orders.get(placed.id)
    assert order.status == "CONFIRMED" and order.total == Money(2500, "USD") == placed.total
    assert [(line.sku, line.quantity, line.options) for line in order.lines] == [
        ("mug-blue", 2, {"engraving": "For Zoë"})]
    assert order.shipping == HOME and order.email == "ada@example.org"
    assert [payment.state for payment in order.payments] == ["CAPTURED"]
    assert order.history[0].topic == "order.placed" and order.history[-1].topic == "order.confirmed"
    assert [booking.captured_minor for booking in bank.books()] == [2500]
    assert shop.inventory.level("mug-blue").available == 3 and ada.cart.get().lines == ()


def test_the_same_key_again_gives_the_same_answer_byte_for_byte(shop: Shop, bank: FakeGateway) -> None:
    ada = shop.customer("ada")
    ada.cart.add("mug-blue")
    first = ada.checkout.buy("k-1", HOME, payment="tok_ok")
    assert ada.checkout.buy("k-1", HOME, payment="tok_ok") == first == ada.checkout.find("k-1")
    assert len(bank.books()) == 1


def test_a_declined_card_leaves_the_order_pending_and_another_one_pays_it(shop: Shop) -> None:
    ada = shop.customer("ada")
    ada.cart.add("mug-blue")
    with pytest.raises(errors.Declined):
        ada.checkout.buy("k-1", HOME, payment="tok_declined")
    order = ada.checkout.find("k-1")
    assert ada.orders.get(order.id).status == "PENDING"
    ada.checkout.pay(order.id, "tok_ok")
    assert ada.orders.get(order.id).status == "CONFIRMED"


def test_a_buyer_takes_the_step_that_the_provider_asks_for(shop: Shop, bank: FakeGateway) -> None:
    ada = shop.customer("ada")
    ada.cart.add("mug-blue")
    with pytest.raises(errors.ActionRequired):
        ada.checkout.buy("k-1", HOME, payment="tok_action")
    order = ada.orders.get(ada.checkout.find("k-1").id)
    assert order.payments[0].state == "NEEDS_STEP" and order.payments[0].step_url
    bank.take_step(order.payments[0].attempt)
    ada.checkout.pay(order.id)
    assert ada.orders.get(order.id).status == "CONFIRMED"


def test_silence_is_an_answer_of_its_own(shop: Shop) -> None:
    ada = shop.customer("ada")
    ada.cart.add("mug-blue")
    with pytest.raises(errors.PaymentUnknown) as said:
        ada.checkout.buy("k-1", HOME, payment="tok_silent_charged")
    assert isinstance(said.value, errors.Unknown) and not isinstance(said.value, errors.Failure)
    ada.checkout.pay(ada.checkout.find("k-1").id, "tok_silent_charged")
    assert ada.orders.get(ada.checkout.find("k-1").id).status == "CONFIRMED"


def test_a_price_that_rose_needs_consent(shop: Shop) -> None:
    ada = shop.customer("ada")
    ada.cart.add("mug-blue")
    sku = shop.catalog.sku("mug-blue")
    shop.catalog.put_sku(Sku(sku.sku, 1500, "USD", product="mug", version=sku.version))
    quote = ada.checkout.quote("GB")
    assert quote.needs_consent and quote.total.minor == 1500
    change, = quote.changes
    assert (change.kind, change.was, change.now) == (OfferChangeKind.PRICE_UP, 1250, 1500)
    with pytest.raises(errors.ConsentNeeded):
        ada.checkout.place("k-1", HOME, quote=quote.token)
    assert ada.checkout.place("k-2", HOME, quote=quote.token, consent=True).total.minor == 1500


def test_an_order_is_delivered_or_cancelled_with_its_money_given_back(shop: Shop, bank: FakeGateway) -> None:
    ada = shop.customer("ada")
    ids = []
    for key in ("k-1", "k-2"):
        ada.cart.add("mug-blue")
        ids.append(ada.checkout.buy(key, HOME, payment="tok_ok").id)
    shop.orders.ship(ids[0], "Post", "T-1")
    shop.orders.deliver(ids[0])
    ada.orders.cancel(ids[1], "too blue")
    shop.tick()
    delivered, cancelled = ada.orders.get(ids[0]), ada.orders.get(ids[1])
    assert delivered.status == "DELIVERED" and delivered.shipment.tracking == "T-1"
    assert cancelled.status == "CANCELLED" and cancelled.paid == "REFUNDED"
    assert [bank.order_money(id) for id in ids] == [(1250, 0), (1250, 1250)]
    assert [payment.state for payment in ada.orders.payments(ids[1])] == ["REFUNDED"]
    assert {order.id for order in ada.orders.list(page=1)} == set(ids) == {order.id for order in ada.orders.list()}
    repairs = shop.repair()
    assert shop.verify() == [] and (repairs.repairs, repairs.mended, repairs.left) == ((), 0, 0)


def test_webhooks_of_the_provider_are_taken_in() -> None:
    with FakeGateway(webhooks=2) as bank, Shop("memory:", gateway=bank) as shop:
        shop.catalog.create(Product("mug", "A mug", [Sku("mug-blue", 1250, "USD")]))
        shop.inventory.receive("mug-blue", 1)
        ada = shop.customer("ada")
        ada.cart.add("mug-blue")
        order = ada.checkout.buy("k-1", HOME, payment="tok_ok")
        told: collections.Counter[bytes] = collections.Counter()
        while hook := bank.next_webhook():
            shop.checkout.webhook(*hook)
            with pytest.raises(errors.BadSignature):
                shop.checkout.webhook(hook[0], "nonsense")
            told[hook[0]] += 1
        assert told and set(told.values()) == {2} and ada.orders.get(order.id).status == "CONFIRMED"


def test_the_whole_purchase_fits_in_ten_lines() -> None:
    lesson = (ROOT / "examples/python/01_buy_a_mug.py").read_text()
    assert len([line for line in lesson.splitlines() if line.strip()]) <= 10
    assert f"```python\n{lesson}```" in (ROOT / "README.md").read_text()


def test_a_sqlite_shop_is_there_again_after_it_was_closed(tmp_path: pathlib.Path, bank: FakeGateway) -> None:
    url = f"sqlite:{tmp_path}/shop.db"
    with Shop(url, gateway=bank) as shop:
        shop.catalog.create(Product("mug", "A mug", [Sku("mug-blue", 1250, "USD")]))
        shop.inventory.receive("mug-blue", 1)
        shop.customer("ada").cart.add("mug-blue")
    with Shop(url, gateway=bank) as shop:
        placed = shop.customer("ada").checkout.buy("k-1", HOME, payment="tok_ok")
        assert shop.orders.get(placed.id).status == "CONFIRMED"


def test_a_part_of_the_money_goes_back_and_the_ledger_adds_up(shop: Shop, bank: FakeGateway) -> None:
    ada = shop.customer("ada")
    ada.cart.add("mug-blue", 2)
    id = ada.checkout.buy("k-1", HOME, payment="tok_ok").id
    line, = ada.orders.get(id).lines
    planned, = shop.orders.refund(id, lines={line.id: 1}, plan=True)
    assert (planned.number, planned.amount_minor) == (0, 1250) and not shop.orders.refunds(id)
    for _ in range(2):
        shop.orders.refund(id, lines={line.id: 1}, reason="came broken", key="ticket-7")
    with pytest.raises(errors.LimitReached) as refused:
        shop.orders.refund(id, amount_minor=1251)
    assert refused.value.available == 1250
    shop.tick()
    refund, = ada.orders.refunds(id)
    assert (refund.state, refund.amount_minor, refund.reason) == ("DONE", 1250, "came broken")
    assert [(part.line, part.quantity) for part in refund.parts] == [(line.id, 1)]
    assert bank.order_money(id) == (2500, 1250)
    entries = shop.orders.ledger(id)
    assert [entry.what for entry in entries] == ["CAPTURE", "REFUND"]
    assert all(sum(entry.postings.values()) == 0 for entry in entries)
    assert shop.verify() == []


def test_gift_cards_and_credit_pay_before_the_provider_does(shop: Shop, bank: FakeGateway) -> None:
    ada = shop.customer("ada")
    card = shop.gift_cards.issue(1000, note="birthday", key="card-1")
    assert shop.gift_cards.issue(1000, note="birthday", key="card-1").code == ""
    shop.credit.grant("u:ada", 300, reason="sorry")
    ada.cart.add("mug-blue", 2)
    placed = ada.checkout.buy("k-1", HOME, payment="tok_ok", gift_cards=[card.code], credit=True)
    assert (placed.total_minor, placed.due_minor) == (2500, 1200)
    assert bank.order_money(placed.id) == (1200, 0)
    assert ada.gift_cards.find(card.code).balance_minor == 0
    payments = ada.orders.payments(placed.id)
    assert [(payment.tender, payment.amount_minor) for payment in payments] == [
        ("provider", 1200), ("gift_card", 1000), ("store_credit", 300)]
    line, = ada.orders.get(placed.id).lines
    refunds = ada.orders.cancel_lines(placed.id, {line.id: 1}, "one is enough", key="c-1")
    assert [(refund.payment, refund.amount_minor, refund.cancelled) for refund in refunds] == [
        (1, 1200, True), (101, 50, True)]
    assert not ada.orders.cancel_lines(placed.id, {line.id: 1}, "one is enough", key="c-1")
    assert ada.orders.get(placed.id).lines[0].cancelled == 1
    shop.orders.refund(placed.id, amount_minor=100, to_credit=True)
    assert (ada.credit.get().balance_minor, [move.reason for move in ada.credit.list(limit=1)]) == (100, ["refund"])
    shop.gift_cards.extend(card.id, 1)
    assert shop.gift_cards.get(card.id).expired
    with pytest.raises(errors.NotAllowed):
        ada.gift_cards.issue(5)
    shop.tick()
    assert bank.order_money(placed.id) == (1200, 1200)
    assert shop.verify() == []
