"""A payment provider written in Python: the shop calls it as it would call one written in C."""
import queue
from collections.abc import Sequence

from shopcore import Address, Gateway, GatewayOp, GatewayReply, GatewayRequest, GatewayState, Product, Shop, Sku


class Ledger(Gateway):
    """Knows every attempt by its id, so that asking twice moves money once."""

    name = "ledger"

    def __init__(self) -> None:
        self.answers: queue.Queue[GatewayReply] = queue.Queue()
        self.charged: dict[object, GatewayReply] = {}

    def start(self, requests: Sequence[GatewayRequest]) -> None:
        for request in requests:
            if request.op is GatewayOp.CHARGE:
                done = GatewayReply(request.attempt, GatewayState.CAPTURED, request.order,
                                    amount_minor=request.amount_minor)
                self.charged.setdefault(request.attempt, done)
                self.answers.put(done)
            elif request.op is GatewayOp.LOOKUP:
                unseen = GatewayReply(request.attempt, GatewayState.UNSEEN, request.order)
                self.answers.put(self.charged.get(request.target, unseen))
            else:
                state = GatewayState.REFUNDED if request.op is GatewayOp.REFUND else GatewayState.VOIDED
                self.answers.put(GatewayReply(request.attempt, state, request.order, amount_minor=request.amount_minor))

    def finish(self, max: int, timeout_ms: int) -> list[GatewayReply]:
        try:
            return [self.answers.get(timeout=timeout_ms / 1000)]
        except queue.Empty:
            return []


ledger = Ledger()
with Shop("memory:", gateway=ledger) as shop:
    shop.catalog.create(Product("mug", "A mug", [Sku("mug-blue", 1250, "USD")]))
    shop.inventory.receive("mug-blue", 5)
    ada = shop.customer("ada")
    ada.cart.add("mug-blue", 2)
    order = ada.checkout.buy("click-1", Address("Ada", "1 Hill St", "Bath", "GB"), payment="anything")
    ada.orders.cancel(order.id, "changed my mind")
    shop.tick()
    print(f"{len(ledger.charged)} charge; the order is {ada.orders.get(order.id).status} "
          f"and its money {ada.orders.get(order.id).paid}")
