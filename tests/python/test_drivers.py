"""Drivers that are libraries of their own, named by a URL: payment providers against their stand-ins, stores against
private servers. What was not built, or has no server here, is skipped."""
from __future__ import annotations

import pathlib
import subprocess
import sys
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from conftest import HOME, ROOT
from shopcore import FakeGateway, LibraryMissing, Product, Shop, Sku, _ffi, errors


@contextmanager
def helper(*words: str) -> Iterator[str]:
    """A program that prints where it serves, and ends with its standard input."""
    with subprocess.Popen([sys.executable, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdin is not None and served.stdout is not None
        place = served.stdout.readline().strip()
        try:
            if not place:
                pytest.skip(f"{pathlib.Path(words[0]).name} has no server here")
            yield place
        finally:
            served.stdin.close()
            served.wait(60)


def built(driver: str) -> None:
    try:
        _ffi.driver(driver)
    except LibraryMissing as fault:
        pytest.skip(str(fault).splitlines()[0])


def stock(shop: Shop) -> None:
    shop.catalog.create(Product("mug", "A mug", [Sku("mug-blue", 1250, "USD")]))
    shop.inventory.receive("mug-blue", 5)
    shop.customer("ada").cart.add("mug-blue", 1)


@pytest.mark.parametrize(("driver", "key", "token"), [
    ("stripe", "sk_test_of_the_stand_in\n", "pm_ok"),
    ("paypal", "client_of_the_stand_in\nsecret_of_the_stand_in\n", "vault_ok")], ids=["stripe", "paypal"])
def test_a_provider_is_opened_by_its_url(driver: str, key: str, token: str, tmp_path: pathlib.Path) -> None:
    built(driver)
    (tmp_path / "key").write_text(key)
    with helper(str(ROOT / f"tests/integration/providers/{driver}_standin.py")) as port:
        settings = {"key_file": tmp_path / "key", "api": f"http://127.0.0.1:{port}",
                    "return_url": "https://shop.example/return"}
        with Shop("memory:", gateway=f"{driver}:?" + urllib.parse.urlencode(settings)) as shop:
            stock(shop)
            order = shop.customer("ada").checkout.buy("k", HOME, payment=token)
            assert shop.orders.get(order.id).status == "CONFIRMED"
            shop.orders.refund(order.id, rest=True)
            shop.tick()
            assert [refund.state for refund in shop.orders.refunds(order.id)] == ["DONE"]


def test_a_provider_that_nobody_knows_is_refused() -> None:
    with pytest.raises(errors.BadArgument) as said:
        Shop("memory:", gateway="bank:?key_file=key")
    assert said.value.field == "gateway"


@pytest.mark.parametrize("driver", ["postgres", "redis"])
def test_a_store_is_opened_by_its_url(driver: str, bank: FakeGateway) -> None:
    built(driver)
    words = [str(ROOT / f"tests/tools/private_{driver}.py")] + (["single"] if driver == "redis" else [])
    with helper(*words) as url:
        with Shop(url, gateway=bank) as shop:
            stock(shop)
            order = shop.customer("ada").checkout.buy("k", HOME, payment="tok_ok")
        with Shop(url, gateway=bank) as again:
            assert again.orders.get(order.id).status == "CONFIRMED"
            assert again.verify() == []


def test_redis_alone_keeps_no_orders_unless_that_is_allowed() -> None:
    built("redis")
    with helper(str(ROOT / "tests/tools/private_redis.py"), "single") as url:
        with pytest.raises(errors.Unsupported):
            Shop(url, allow_volatile=False)
