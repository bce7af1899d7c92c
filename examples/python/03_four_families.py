"""Four ways not to get an answer, and what to do about each of them."""
from shopcore import Address, BadInput, FakeGateway, Failure, Product, Refusal, Shop, Sku, Unknown

HOME = Address("Ada", "1 Hill St", "Bath", "GB")

with FakeGateway() as bank, Shop("memory:", gateway=bank) as shop:
    shop.catalog.create(Product("mug", "A mug", [Sku("mug-blue", 1250, "USD")]))
    shop.inventory.receive("mug-blue", 5)
    ada = shop.customer("ada")

    try:
        ada.cart.add("mug-blue", 0)
    except BadInput as fault:  # the program is wrong: mend it
        print(f"bad input in {fault.field}: {fault}")

    ada.cart.add("mug-blue")
    try:
        ada.checkout.buy("click-1", HOME, payment="tok_declined")
    except Refusal as fault:  # the shop says no: tell the buyer why
        print(f"refused: {fault}")
    order = ada.checkout.find("click-1")  # it is placed all the same, and its stock is held

    bank.set_down(True)
    try:
        ada.checkout.pay(order.id, "tok_ok")
    except Failure as fault:  # nothing happened: try again later
        print(f"failed: {fault}")
    bank.set_down(False)

    try:
        ada.checkout.pay(order.id, "tok_silent_charged")
    except Unknown as fault:  # it may have happened: say the same again and learn
        print(f"nobody knows: {fault}")
    ada.checkout.pay(order.id, "tok_silent_charged")

    taken = sum(line.captured_minor for line in bank.books())
    print(f"{ada.orders.get(order.id).status}, and charged {taken} cents once")
