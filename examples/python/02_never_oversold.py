"""Two hundred buyers, fifty lamps, as many threads as you like: fifty are sold, and everybody else is told so."""
from concurrent.futures import ThreadPoolExecutor

from shopcore import Address, FakeGateway, Product, Shop, Sku
from shopcore.errors import OutOfStock

HOME = Address("A buyer", "1 Hill St", "Bath", "GB")


def buys(shop: Shop, number: int) -> bool:
    buyer = shop.customer(f"buyer-{number}")
    buyer.cart.add("lamp")
    try:
        buyer.checkout.buy("click", HOME, payment="tok_ok")
        return True
    except OutOfStock as refusal:  # an answer, not a fault of the program
        assert refusal.wanted == 1 and refusal.available == 0
        return False


with FakeGateway() as bank, Shop("memory:", gateway=bank) as shop:
    shop.catalog.create(Product("lamp", "A lamp", [Sku("lamp", 4990, "USD")]))
    shop.inventory.receive("lamp", 50)
    with ThreadPoolExecutor(16) as pool:
        sold = sum(pool.map(lambda number: buys(shop, number), range(200)))
    print(f"{sold} sold, {200 - sold} refused, {shop.inventory.level('lamp').available} left")
    assert sold == 50 and not shop.verify()
