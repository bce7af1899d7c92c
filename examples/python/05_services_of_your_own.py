"""A search index, a notifier and an event sink written in Python. Tick feeds all three."""
import collections
import re
import threading
import uuid
from collections.abc import Sequence

from shopcore import (Address, Event, EventSink, FakeGateway, Found, Notice, Notifier, Product, SearchDocument, SearchIndex,
                      Shop, Sku)


class Words(SearchIndex):
    """Counts words, those of the name three times. It is lost with the process and then made anew from the record."""

    def __init__(self) -> None:
        self.lock = threading.Lock()  # ports are called from any thread
        self.reset()

    def reset(self) -> None:
        self.products: dict[str, tuple[SearchDocument, collections.Counter[str]]] = {}
        self.followed = uuid.UUID(int=0), 0

    def index(self, documents: Sequence[SearchDocument]) -> None:
        with self.lock:
            for document in documents:
                if document.version == 0:
                    self.products.pop(document.id, None)
                elif document.id not in self.products or document.version >= self.products[document.id][0].version:
                    self.products[document.id] = document, self.words_of(document)

    def words_of(self, document: SearchDocument) -> collections.Counter[str]:
        text = [document.name] * 3 + [document.brand or "", document.description or "", *document.skus]
        text += [value for _, value in document.attributes]
        return collections.Counter(re.findall(r"\w+", " ".join(text).casefold()))

    def query(self, words: str, category: str | None, offset: int, limit: int) -> Found:
        wanted = re.findall(r"\w+", words.casefold())
        with self.lock:
            scores = {id: float(sum(counts[word] for word in wanted)) for id, (document, counts) in self.products.items()
                      if wanted and all(word in counts for word in wanted)
                      and (category is None or category in document.categories)}
        hits = sorted(scores.items(), key=lambda hit: (-hit[1], hit[0]))
        return Found(hits[offset:offset + limit], len(hits))

    def position(self) -> tuple[uuid.UUID, int]:
        return self.followed

    def follow(self, incarnation: uuid.UUID, position: int) -> None:
        self.followed = incarnation, position


class Mailbox(Notifier):
    def __init__(self) -> None:
        self.sent: dict[uuid.UUID, Notice] = {}

    def send(self, notice: Notice) -> None:
        self.sent[notice.id] = notice  # sent again, it has the same id


class Diary(EventSink):
    def __init__(self) -> None:
        self.last: dict[tuple[uuid.UUID, int], int] = {}
        self.told: list[Event] = []

    def publish(self, events: Sequence[Event]) -> None:
        for event in events:
            place = event.incarnation, event.partition
            if event.position > self.last.get(place, 0):  # at least once: what is known already is a repeat
                self.told.append(event)
                self.last[place] = event.position


if __name__ == "__main__":
    words, mailbox, diary = Words(), Mailbox(), Diary()
    with FakeGateway() as bank, Shop("memory:", gateway=bank, search=words, notifier=mailbox, events=diary) as shop:
        shop.catalog.create(Product("mug", "A blue mug", [Sku("mug-blue", 1250, "USD")]))
        shop.inventory.receive("mug-blue", 5)
        shop.tick()
        print("found:", [product.name for product in shop.search.find("mug blue")])
        ada = shop.customer("ada")
        ada.cart.add("mug-blue", 2)
        ada.checkout.buy("click-1", Address("Ada", "1 Hill St", "Bath", "GB"), payment="tok_ok",
                         email="ada@example.org")
        shop.tick()
        print("told:", [event.topic for event in diary.told if event.topic.startswith("order.")])
        print("mail:", [(notice.subject, notice.to) for notice in mailbox.sent.values()])

# It prints:
#
#    found: ['A blue mug']
#    told: ['order.placed', 'order.confirmed']
#    mail: [('We have your order', 'ada@example.org'), ('Your order is confirmed', 'ada@example.org')]
