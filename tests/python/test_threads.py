"""Many threads at one shop: each call has memory of its own, and the check stays inside the write."""
from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from conftest import HOME
from shopcore import FakeGateway, Product, Shop, ShopClosed, Sku, errors


def test_twenty_threads_never_oversell(shop: Shop) -> None:
    shop.inventory.set("mug-blue", 50)

    def buyer(number: int) -> int:
        bought = 0
        for turn in range(10):
            mine = shop.customer(f"buyer-{number}")
            mine.cart.add("mug-blue")
            try:
                mine.checkout.buy(f"k-{turn}", HOME, payment="tok_ok")
                bought += 1
            except errors.OutOfStock:
                pass
        return bought

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(buyer, range(20))) == 50
    assert shop.inventory.level("mug-blue").available == 0 and shop.verify() == []


def test_answers_of_one_thread_are_not_those_of_another(shop: Shop) -> None:
    shop.catalog.merge([Product(f"p-{i}", f"Name {i} " + "x" * i, [Sku(f"s-{i}", i, "USD")]) for i in range(50)])

    def reader(number: int) -> None:
        for _ in range(200):
            assert shop.catalog.get(f"p-{number}").name == f"Name {number} " + "x" * number

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(reader, range(50)))


def test_a_provider_that_is_slow_for_one_buyer_delays_no_other() -> None:
    with FakeGateway(slow_ms=1500) as bank, Shop("memory:", gateway=bank) as shop:
        shop.catalog.create(Product("mug", "A mug", [Sku("mug-blue", 1250, "USD")]))
        shop.inventory.receive("mug-blue", 9)
        slow, quick = shop.customer("slow"), shop.customer("quick")
        slow.cart.add("mug-blue")
        thread = threading.Thread(target=lambda: slow.checkout.buy("k", HOME, payment="tok_slow"))
        thread.start()
        begin = time.monotonic()
        quick.cart.add("mug-blue")
        quick.checkout.buy("k", HOME, payment="tok_ok")
        took = time.monotonic() - begin
        assert thread.is_alive() and took < 1.2
        thread.join()
        assert slow.orders.get(slow.checkout.find("k").id).status == "CONFIRMED"


def test_close_waits_for_the_calls_that_are_under_way() -> None:
    with FakeGateway(slow_ms=400) as bank:
        shop = Shop("memory:", gateway=bank)
        shop.catalog.create(Product("mug", "A mug", [Sku("mug-blue", 1250, "USD")]))
        shop.inventory.receive("mug-blue", 9)
        ada = shop.customer("ada")
        ada.cart.add("mug-blue")
        totals = []
        thread = threading.Thread(target=lambda: totals.append(ada.checkout.buy("k", HOME, payment="tok_slow")))
        thread.start()
        while not bank.books():
            pass
        shop.close()
        thread.join()
        assert len(totals) == 1
        with pytest.raises(ShopClosed):
            ada.cart.get()


def test_a_worker_does_the_shops_duties(shop: Shop) -> None:
    shop.inventory.reserve("mug-blue", 5, ttl_ms=1)
    with shop.worker() as worker:
        worker.wake()
        while shop.inventory.level("mug-blue").held:
            worker.wake()
    worker.stop()
    shop.worker()  # one that nobody stops ends with the shop
