"""The shop of docs/guide/first-shop.md in Python."""
from shopcore import Address, FakeGateway, Product, Shop, Sku
from shopcore.errors import Declined

with FakeGateway() as bank, Shop(
    "sqlite:shop.db", gateway=bank, search="fts5:shop.search", currency="EUR", shipping_flat_minor=490,
    tax_rate_ppm=200_000, tax_included=True,
) as shop:
    shop.worker()  # does what is due without anybody asking
    shop.catalog.merge([Product("mug", "Stoneware mug", [Sku("mug-red", 1299, "EUR"), Sku("mug-blue", 1399, "EUR")])])
    shop.admin("warehouse").inventory.receive({"mug-red": 50, "mug-blue": 20}, key="delivery-2041")
    shop.tick()  # the search index follows with the next tick
    print("found:", [product.name for product in shop.guest("visitor").search.find("stoneware")])

    ada = shop.customer("ada")
    ada.cart.add_all({"mug-red": 2, "mug-blue": 1})
    quote = ada.checkout.quote()
    print("to pay:", quote.total)
    order = ada.checkout.place("click-7d1f", Address("Ada Lovelace", "1 Hill St", "Cork", "IE"), quote=quote.token)
    try:
        ada.checkout.pay(order.id, "tok_declined")
    except Declined as refusal:  # the order waits, its goods are held
        print("first card:", refusal)
    ada.checkout.pay(order.id, "tok_ok")
    shop.admin("packer").orders.ship(order.id, "An Post", "CE123456789IE")
    print("the order is", ada.orders.get(order.id).status)

# It prints:
#
#    found: ['Stoneware mug']
#    to pay: 44.87 EUR
#    first card: the payment was declined: card_declined
#    the order is SHIPPED
