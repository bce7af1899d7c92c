"""Requests in flight from one event loop."""
from __future__ import annotations

import asyncio
from typing import Any

import pytest
from conftest import HOME
from shopcore import FakeGateway, InFlight, Product, Shop, Sku, errors, new_id


async def gather(*requests: Any) -> list[Any]:
    return list(await asyncio.gather(*requests, return_exceptions=True))


def test_a_thousand_reservations_of_one_loop_never_oversell(shop: Shop) -> None:
    shop.inventory.set("mug-blue", 50)

    async def rush() -> list[Any]:
        async with shop.in_flight() as flight:
            return await gather(*(flight.reserve("mug-blue", 1) for _ in range(1000)))

    answers = asyncio.run(rush())
    refused = [answer for answer in answers if isinstance(answer, errors.OutOfStock)]
    assert (len(answers), len(refused)) == (1000, 950) and shop.inventory.level("mug-blue").held == 50


def test_buyers_of_one_loop_get_their_own_orders(shop: Shop) -> None:
    buyers = [shop.customer(f"b-{number}") for number in range(5)]
    for buyer in buyers:
        buyer.cart.add("mug-blue")

    async def buy() -> list[Any]:
        async with shop.in_flight() as flight:
            return await gather(*(flight.of(buyer).buy("k", HOME, payment="tok_ok") for buyer in buyers))

    orders = asyncio.run(buy())
    assert [buyer.orders.get(order.id).id for buyer, order in zip(buyers, orders)] == [order.id for order in orders]
    assert asyncio.run(buy()) == orders  # the same keys again


def test_an_order_is_placed_and_paid_in_two_steps(shop: Shop) -> None:
    ada = shop.customer("ada")
    ada.cart.add("mug-blue")

    async def steps() -> str:
        async with shop.in_flight() as flight:
            mine = flight.of(ada)
            order = await mine.place("k", HOME)
            with pytest.raises(errors.Declined):
                await mine.pay(order.id, "tok_declined")
            await mine.pay(order.id, "tok_ok")
            return order.id

    assert ada.orders.get(asyncio.run(steps())).status == "CONFIRMED"


def test_a_reservation_is_committed_in_parts_or_given_back(shop: Shop) -> None:
    async def settle() -> None:
        async with shop.in_flight() as flight:
            first, second = await gather(flight.reserve("mug-blue", 3), flight.reserve("mug-red", 2))
            await gather(flight.commit(first.id, {0: 2}), flight.release(second.id))

    asyncio.run(settle())
    blue, red = shop.inventory.level("mug-blue"), shop.inventory.level("mug-red")
    assert (blue.held, blue.committed, red.held, red.committed) == (0, 2, 0, 0)


def test_bad_input_and_refusals_are_raised_where_they_are_awaited(shop: Shop) -> None:
    async def ask() -> None:
        async with shop.in_flight() as flight:
            with pytest.raises(errors.BadInput):
                await flight.reserve("mug-blue", 0)
            with pytest.raises(errors.OutOfStock) as refused:
                await flight.reserve("mug-blue", 6)
            assert (refused.value.wanted, refused.value.available) == (6, 5)

    asyncio.run(ask())


def test_a_slow_provider_keeps_nobody_else_waiting() -> None:
    with FakeGateway(slow_ms=400) as bank, Shop("memory:", gateway=bank) as shop:
        shop.catalog.create(Product("mug", "A mug", [Sku("mug-blue", 1250, "USD")]))
        shop.inventory.receive("mug-blue", 9)
        done: list[str] = []

        async def buy(flight: InFlight, name: str, token: str) -> None:
            buyer = shop.customer(name)
            buyer.cart.add("mug-blue")
            await flight.of(buyer).buy("k", HOME, payment=token)
            done.append(name)

        async def both() -> None:
            async with shop.in_flight() as flight:
                await gather(buy(flight, "slow", "tok_slow"), buy(flight, "quick", "tok_ok"))

        asyncio.run(both())
    assert done == ["quick", "slow"]


def test_more_than_may_be_in_flight_wait_for_room(shop: Shop) -> None:
    shop.inventory.set("mug-red", 30000)

    async def rush() -> list[Any]:
        async with shop.in_flight() as flight:
            return await gather(*(flight.reserve("mug-red", 1) for _ in range(10200)))

    assert not [answer for answer in asyncio.run(rush()) if isinstance(answer, BaseException)]
    assert shop.inventory.level("mug-red").held == 10200


def test_a_cancelled_task_leaves_an_answer_to_be_had_under_its_id(shop: Shop) -> None:
    mine = new_id()

    async def change_of_mind() -> None:
        async with shop.in_flight() as flight:
            task = asyncio.ensure_future(flight.reserve("mug-blue", 2, id=mine))
            await asyncio.sleep(0)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert (await flight.reserve("mug-blue", 2, id=mine)).id == mine

    asyncio.run(change_of_mind())
    assert shop.inventory.level("mug-blue").held == 2


def test_leaving_the_block_waits_for_what_is_under_way(shop: Shop) -> None:
    async def leave() -> asyncio.Future[Any]:
        async with shop.in_flight() as flight:
            left = asyncio.ensure_future(flight.reserve("mug-blue", 1))
            await asyncio.sleep(0)
        assert shop.inventory.level("mug-blue").held == 1
        await left
        return left

    assert asyncio.run(leave()).done()
