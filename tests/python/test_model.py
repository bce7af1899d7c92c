"""Random histories of stock and carts against a model in a few lines of Python: whatever is done, both say the same."""
from __future__ import annotations

import uuid
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from shopcore import Product, Shop, Sku, errors, new_id

SKUS = ("red", "green", "blue")
skus, units = st.sampled_from(SKUS), st.integers(1, 6)
baskets = st.dictionaries(skus, units, min_size=1)


class StockAndCarts(RuleBasedStateMachine):
    """The model: three counters a SKU, the state of each reservation, and the lines of one cart."""

    reservations: Bundle[uuid.UUID] = Bundle("reservations")

    def __init__(self) -> None:
        super().__init__()
        self.shop = Shop("memory:")
        self.shop.catalog.create(Product("paint", "Paint", [Sku(sku, 100, "USD") for sku in SKUS]))
        self.buyer = self.shop.customer("ada")
        self.on_hand = dict.fromkeys(SKUS, 0)
        self.held = dict.fromkeys(SKUS, 0)
        self.committed = dict.fromkeys(SKUS, 0)
        self.state: dict[uuid.UUID, str] = {}
        self.wanted: dict[uuid.UUID, dict[str, int]] = {}
        self.cart: dict[str, int] = {}

    def free(self, sku: str) -> int:
        return self.on_hand[sku] - self.held[sku] - self.committed[sku]

    @rule(sku=skus, quantity=units)
    def receive(self, sku: str, quantity: int) -> None:
        self.shop.inventory.receive(sku, quantity)
        self.on_hand[sku] += quantity

    @rule(sku=skus, quantity=st.integers(0, 8))
    def count(self, sku: str, quantity: int) -> None:
        self.shop.inventory.set(sku, quantity)
        self.on_hand[sku] = quantity

    @rule(sku=skus, quantity=units)
    def take_away(self, sku: str, quantity: int) -> None:
        expected = self.free(sku) >= quantity
        assert self.done(self.shop.inventory.adjust, sku, -quantity, reason="breakage") == expected
        if expected:
            self.on_hand[sku] -= quantity

    @rule(target=reservations, basket=baskets)
    def reserve(self, basket: dict[str, int]) -> uuid.UUID:
        expected = all(self.free(sku) >= quantity for sku, quantity in basket.items())
        id = new_id()
        assert self.done(self.shop.inventory.reserve, basket, id=id) == expected
        self.wanted[id] = basket
        self.state[id] = "held" if expected else "none"
        if expected:
            for sku, quantity in basket.items():
                self.held[sku] += quantity
        return id

    @rule(id=reservations)
    def commit(self, id: uuid.UUID) -> None:
        expected = self.state[id] in ("held", "committed", "gone")
        assert self.done(self.shop.inventory.commit, id) == expected
        if self.state[id] == "held":
            self.state[id] = "committed"
            self.move(id, self.held, self.committed)

    @rule(id=reservations)
    def release(self, id: uuid.UUID) -> None:
        expected = self.state[id] in ("held", "released", "none")
        assert self.done(self.shop.inventory.release, id) == expected
        if self.state[id] == "held":
            self.move(id, self.held, None)
        if expected:
            self.state[id] = "released"

    @rule(sku=skus, quantity=units)
    def add_to_cart(self, sku: str, quantity: int) -> None:
        self.buyer.cart.add(sku, quantity)
        self.cart[sku] = self.cart.get(sku, 0) + quantity

    @rule(sku=skus, quantity=st.integers(0, 6))
    def change_cart(self, sku: str, quantity: int) -> None:
        line = next((line for line in self.buyer.cart.get().lines if line.sku == sku), None)
        assert (line is not None) == (sku in self.cart)
        if line is not None:
            self.buyer.cart.set({line.id: quantity})
            self.cart[sku] = quantity
            if not quantity:
                del self.cart[sku]

    @rule(basket=baskets)
    def guest_logs_in(self, basket: dict[str, int]) -> None:
        self.shop.guest("g").cart.add_all(basket)
        self.buyer.cart.merge("g")
        for sku, quantity in basket.items():
            self.cart[sku] = self.cart.get(sku, 0) + quantity

    @invariant()
    def both_say_the_same(self) -> None:
        for sku, level in zip(SKUS, self.shop.inventory.levels(SKUS), strict=True):
            assert (level.on_hand, level.held, level.committed, level.available) == (
                self.on_hand[sku], self.held[sku], self.committed[sku], max(0, self.free(sku)))
        assert {line.sku: line.quantity for line in self.buyer.cart.get().lines} == self.cart

    def teardown(self) -> None:
        assert self.shop.verify() == []
        self.shop.close()

    def move(self, id: uuid.UUID, source: dict[str, int], to: dict[str, int] | None) -> None:
        for sku, quantity in self.wanted[id].items():
            source[sku] -= quantity
            if to is not None:
                to[sku] += quantity

    @staticmethod
    def done(what: Any, *arguments: Any, **named: Any) -> bool:
        try:
            what(*arguments, **named)
            return True
        except errors.Refusal:
            return False


TestStockAndCarts = StockAndCarts.TestCase
TestStockAndCarts.settings = settings(max_examples=60, stateful_step_count=40, deadline=None, derandomize=True,
                                      database=None, suppress_health_check=list(HealthCheck))
