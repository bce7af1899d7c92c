"""Each test gets a shop of its own in memory, with a fake provider, one product and some stock."""
from __future__ import annotations

import pathlib
import sys
from collections.abc import Iterator

import pytest
from shopcore import Address, FakeGateway, Product, Shop, Sku

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/tools"))

HOME = Address("Ada", "1 Hill St", "Bath", "GB")


@pytest.fixture
def bank() -> Iterator[FakeGateway]:
    with FakeGateway() as gateway:
        yield gateway


@pytest.fixture
def shop(bank: FakeGateway) -> Iterator[Shop]:
    with Shop("memory:", gateway=bank) as opened:
        opened.catalog.create(Product("mug", "A mug", [Sku("mug-blue", 1250, "USD"), Sku("mug-red", 1350, "USD")]))
        opened.inventory.receive({"mug-blue": 5, "mug-red": 5})
        yield opened
