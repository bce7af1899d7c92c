from shopcore import Address, FakeGateway, Product, Shop, Sku

with FakeGateway() as bank, Shop("memory:", gateway=bank) as shop:  # or "sqlite:shop.db"; a real shop has a real bank
    shop.catalog.create(Product("mug", "A mug", [Sku("mug-blue", 1250, "USD")]))
    shop.inventory.receive("mug-blue", 5)
    ada = shop.customer("ada")
    ada.cart.add("mug-blue", 2)
    order = ada.checkout.buy("click-1", Address("Ada", "1 Hill St", "Bath", "GB"), payment="tok_ok")
    print(f"order {order.id}: {order.total}")  # the same key again gives the same order
