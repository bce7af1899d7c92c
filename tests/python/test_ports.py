"""Ports written in Python: a small gateway, and a store wrapper in front of a store in memory."""
from __future__ import annotations

import collections
import gc
import queue
import threading
import uuid
from collections.abc import Callable, Sequence

import pytest
from conftest import HOME
from shopcore import (FakeGateway, Gateway, GatewayOp, GatewayReply, GatewayRequest, GatewayState, MemoryStore, Product,
                      Shop, ShopClosed, Sku, Store, StoreWrapper, errors)


class PaperBank(Gateway):
    """Takes every card but one, keeps its books in a dictionary, and can be told to fail."""

    name = "paper"

    def __init__(self) -> None:
        self.books: dict[uuid.UUID, GatewayReply] = {}
        self.answers: queue.Queue[GatewayReply] = queue.Queue()
        self.lock = threading.Lock()
        self.closed = 0
        self.broken: Exception | None = None

    def start(self, requests: Sequence[GatewayRequest]) -> None:
        if self.broken:
            raise self.broken
        for request in requests:
            with self.lock:
                self.answers.put(self.decided(request))

    def decided(self, request: GatewayRequest) -> GatewayReply:
        if request.op is GatewayOp.LOOKUP:
            found = self.books.get(request.target)
            state = found.state if found else GatewayState.UNSEEN
            return GatewayReply(request.attempt, state, request.order, amount_minor=found.amount_minor if found else 0)
        if request.attempt not in self.books:
            state = {GatewayOp.CHARGE: GatewayState.CAPTURED, GatewayOp.REFUND: GatewayState.REFUNDED,
                     GatewayOp.VOID: GatewayState.VOIDED}[request.op]
            declined = request.token == "bad"
            self.books[request.attempt] = GatewayReply(
                request.attempt, GatewayState.DECLINED if declined else state, request.order,
                amount_minor=request.amount_minor, provider_ref="paper-1", decline_code="no_money" if declined else "")
        return self.books[request.attempt]

    def finish(self, max: int, timeout_ms: int) -> list[GatewayReply]:
        try:
            return [self.answers.get(timeout=timeout_ms / 1000) if timeout_ms > 0 else self.answers.get_nowait()]
        except queue.Empty:
            return []

    def close(self) -> None:
        self.closed += 1


def stocked(shop: Shop) -> Shop:
    shop.catalog.create(Product("mug", "A mug", [Sku("mug-blue", 1250, "USD")]))
    shop.inventory.receive("mug-blue", 5)
    return shop


def test_a_gateway_written_in_python_takes_the_money() -> None:
    bank = PaperBank()
    with stocked(Shop("memory:", gateway=bank)) as shop:
        gc.collect()  # the table of operations must not hang on a variable of ours
        ada = shop.customer("ada")
        ada.cart.add("mug-blue", 2)
        with pytest.raises(errors.Declined):
            ada.checkout.buy("k-1", HOME, payment="bad")
        order = ada.checkout.find("k-1")
        ada.checkout.pay(order.id, "good")
        payments = ada.orders.get(order.id).payments
        assert [(payment.state, payment.decline_code) for payment in payments] == [
            ("DECLINED", "no_money"), ("CAPTURED", "")]
        ada.orders.cancel(order.id)
        shop.tick()
        assert ada.orders.get(order.id).paid == "REFUNDED" and bank.closed == 0
    assert bank.closed == 1


def test_what_a_python_gateway_raises_is_told_to_the_buyer_and_charged_never() -> None:
    bank = PaperBank()
    with stocked(Shop("memory:", gateway=bank)) as shop:
        ada = shop.customer("ada")
        ada.cart.add("mug-blue")
        bank.broken = errors.ServiceFailed(errors.ServiceFailed.code, text="no paper")
        with pytest.raises(errors.ServiceFailed):
            ada.checkout.buy("k-1", HOME, payment="good")
        bank.broken = ZeroDivisionError("a mistake")
        with pytest.raises((errors.Unknown, errors.Failure)):
            ada.checkout.pay(ada.checkout.find("k-1").id, "good")
        bank.broken = None
        ada.checkout.pay(ada.checkout.find("k-1").id, "good")
        assert ada.orders.get(ada.checkout.find("k-1").id).status == "CONFIRMED"
        assert sum(reply.state is GatewayState.CAPTURED for reply in bank.books.values()) == 1


class Counting(StoreWrapper):
    def __init__(self, inner: Store) -> None:
        super().__init__(inner)
        self.seen: collections.Counter[str] = collections.Counter()
        self.broken: Exception | None = None

    def around(self, operation: str, proceed: Callable[[], int]) -> int:
        self.seen[operation] += 1
        if self.broken and operation == "apply":
            raise self.broken
        return proceed()


def test_a_store_port_written_in_python_keeps_a_shop(bank: FakeGateway) -> None:
    store = Counting(MemoryStore())
    with stocked(Shop(store=store, gateway=bank)) as shop:
        gc.collect()
        store.seen.clear()
        ada = shop.customer("ada")
        ada.cart.add("mug-blue", 2)
        order = ada.checkout.buy("k-1", HOME, payment="tok_ok")
        assert ada.orders.get(order.id).status == "CONFIRMED"
        assert store.seen["apply"] == 3 and store.seen["load"] > 0
        assert shop.verify() == []


def test_what_a_python_store_raises_is_a_failure_or_an_unknown_of_the_call(bank: FakeGateway) -> None:
    store = Counting(MemoryStore())
    with stocked(Shop(store=store, gateway=bank)) as shop:
        store.broken = errors.StoreFailed(errors.StoreFailed.code, text="no disk")
        with pytest.raises(errors.StoreFailed):
            shop.inventory.receive("mug-blue", 1, key="k")
        store.broken = ZeroDivisionError("a mistake")
        with pytest.raises(errors.OutcomeUnknown):
            shop.inventory.receive("mug-blue", 1, key="k")
        store.broken = None
        shop.inventory.receive("mug-blue", 1, key="k")
        assert shop.inventory.level("mug-blue").on_hand == 6


def test_a_python_port_may_ask_the_shop_from_within_a_call() -> None:
    class Curious(PaperBank):
        shop: Shop

        def start(self, requests: Sequence[GatewayRequest]) -> None:
            assert self.shop.orders.get(str(requests[0].order)).status == "PENDING"
            with pytest.raises(RuntimeError):
                self.shop.close()
            super().start(requests)

    bank = Curious()
    with stocked(Shop("memory:", gateway=bank)) as shop:
        bank.shop = shop
        ada = shop.customer("ada")
        ada.cart.add("mug-blue", 2)
        assert ada.checkout.buy("k-1", HOME, payment="good").total.minor == 2500


def test_a_store_belongs_to_one_shop_only() -> None:
    store = MemoryStore()
    with Shop(store=store):
        with pytest.raises(ShopClosed):
            Shop(store=store)
    with MemoryStore() as unused:
        pass
    unused.close()


def test_a_shop_that_does_not_open_gives_back_what_it_was_handed(bank: FakeGateway) -> None:
    store = MemoryStore()
    with pytest.raises(errors.BadArgument):
        Shop("memory:", store=store, gateway=bank, search="fts5::memory:")
    with Shop(store=store, gateway=bank) as shop:
        assert shop.now_ms() > 0


def test_a_gateway_may_be_closed_before_the_shops_that_use_it() -> None:
    bank = FakeGateway()
    with stocked(Shop("memory:", gateway=bank)) as shop:
        bank.close()
        bank.close()
        ada = shop.customer("ada")
        ada.cart.add("mug-blue")
        ada.checkout.buy("k-1", HOME, payment="tok_ok")
    with pytest.raises(ShopClosed):
        bank.books()


def test_something_that_is_no_gateway_is_refused() -> None:
    with pytest.raises(errors.BadArgument):
        Shop("memory:", gateway=object())  # type: ignore[arg-type]
