"""Search indexes, notifiers and event sinks written in Python: the suites of the test kit pass on those of the lesson,
and a shop works with them whatever they raise."""
from __future__ import annotations

import ctypes
import gc
import runpy
import uuid
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from conftest import HOME, ROOT
from shopcore import (Category, Event, EventSink, FakeGateway, Notice, Notifier, Product, SearchDocument, Shop, Sku, _ffi,
                      errors, ports)

LESSON: dict[str, Any] = runpy.run_path(str(ROOT / "examples/python/05_services_of_your_own.py"))
Words: Any = LESSON["Words"]


class Suite:
    """One of the test kit's suites; each case opens a service of its own and wraps it for C."""

    def __init__(self, name: str, service: type, adapter: type) -> None:
        self.kit = _ffi.testkit()
        self.name, self.service, self.adapter = name, service, adapter
        self.made: Any = None
        self.results: dict[str, tuple[int, str]] = {}
        options = getattr(_ffi, f"sc_conformance_{name}_options")
        self.options = _ffi.make(options)
        self.options.open = getattr(_ffi, f"sc_conformance_{name}_options_open")(self.open)
        self.options.report = getattr(_ffi, f"sc_conformance_{name}_options_report")(self.report)

    def open(self, _: Any, env: Any, out: Any, error: Any) -> int:
        self.made = self.service()
        self.wrapped = self.adapter(self.made)
        out[0] = self.wrapped.port
        return 0

    def report(self, _: Any, result: Any) -> None:
        told = result.contents
        self.results[told.name.decode()] = told.verdict, told.text.decode() if told.text else ""

    def run(self) -> dict[str, tuple[int, str]]:
        summary = _ffi.make(_ffi.sc_conformance_summary)
        with _ffi.scratch() as mine:
            mine.check(getattr(self.kit, f"sc_conformance_{self.name}")(_ffi.ref(self.options), _ffi.ref(summary),
                                                                         mine.error))
        return {case: said for case, said in self.results.items() if said[0] != _ffi.SC_CONFORMANCE_PASSED}


def test_the_search_suite_passes_on_an_index_written_in_python() -> None:
    left = Suite("search", Words, ports.SearchAdapter).run()
    assert set(left) == {"maintenance_changes_no_result", "the_index_survives_a_reopen"}  # it has neither
    assert all(verdict == _ffi.SC_CONFORMANCE_SKIPPED for verdict, _ in left.values())


def test_the_sink_suite_passes_on_a_sink_written_in_python() -> None:
    suite = Suite("sink", LESSON["Diary"], ports.SinkAdapter)

    def received(_: Any, positions: Any, most: int) -> int:
        for i, event in enumerate(suite.made.told[:most]):
            positions[i] = event.position
        return min(len(suite.made.told), most)

    suite.options.received = _ffi.sc_conformance_sink_options_received(received)
    assert suite.run() == {}


def test_the_notifier_suite_passes_on_a_notifier_written_in_python() -> None:
    suite = Suite("notifier", LESSON["Mailbox"], ports.NotifierAdapter)

    def received(_: Any, arena: Any, out: Any) -> int:
        text = "".join(f"{notice.to}\n{notice.subject}\n{notice.text}\n" for notice in suite.made.sent.values()).encode()
        out[0].data = ctypes.cast(_ffi.lib.sc_arena_dup(arena, text, len(text)), ctypes.c_void_p)
        out[0].size = len(text)
        return 0

    suite.options.received = _ffi.sc_conformance_notifier_options_received(received)
    assert suite.run() == {}


# ---- in a shop


class Recorder(EventSink):
    def __init__(self) -> None:
        self.told: list[Event] = []
        self.room: int | None = None
        self.broken: Exception | None = None
        self.closed = 0

    def publish(self, events: Sequence[Event]) -> int | None:
        if self.broken:
            raise self.broken
        taken = len(events) if self.room is None else min(self.room, len(events))
        self.told += events[:taken]
        return taken

    def close(self) -> None:
        self.closed += 1


class Postman(Notifier):
    def __init__(self) -> None:
        self.sent: list[Notice] = []
        self.broken: Exception | None = None

    def send(self, notice: Notice) -> None:
        if self.broken:
            raise self.broken
        self.sent.append(notice)


@pytest.fixture
def sink() -> Recorder:
    return Recorder()


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def served(bank: FakeGateway, sink: Recorder, postman: Postman) -> Iterator[Shop]:
    with Shop("memory:", gateway=bank, search=Words(), notifier=postman, events=sink) as opened:
        opened.catalog.create_category(Category("kitchen", "Kitchen"))
        opened.catalog.create(Product("mug", "A blue mug", [Sku("mug-blue", 1250, "USD")], brand="Hearth",
                                      categories=["kitchen"], attributes={"material": "stoneware"}))
        opened.inventory.receive("mug-blue", 5)
        gc.collect()  # the tables of operations must not hang on variables of ours
        yield opened


def test_an_index_written_in_python_finds_what_the_catalogue_has(served: Shop) -> None:
    served.tick()
    assert [found.id for found in served.search.find("hearth stoneware", category="kitchen")] == ["mug"]
    served.catalog.delete(served.catalog.get("mug"))
    served.tick()
    assert list(served.search.find("hearth")) == []


def test_events_come_in_order_and_what_was_not_taken_comes_again(served: Shop, sink: Recorder) -> None:
    ada = served.customer("ada")
    ada.cart.add("mug-blue", 2)
    ada.checkout.buy("k", HOME, payment="tok_ok", email="ada@example.org")
    sink.room = 1
    for _ in range(30):
        served.tick()
    assert [event.topic for event in sink.told if event.topic.startswith("order.")] == ["order.placed", "order.confirmed"]
    positions = [event.position for event in sink.told]
    assert positions == sorted(set(positions))
    moved = [event.json for event in sink.told if event.topic == "stock.moved"]
    assert moved[0]["key"] == "mug-blue" and moved[0]["delta"]["on_hand"] == 5


def test_what_a_sink_raises_is_a_failed_duty_and_nothing_is_lost(served: Shop, sink: Recorder) -> None:
    sink.broken = ZeroDivisionError("a mistake")
    with pytest.raises(errors.ServiceFailed):
        served.tick()
    assert sink.told == []
    sink.broken = None
    served.tick()
    assert {"product.changed", "stock.moved"} <= {event.topic for event in sink.told}


def test_notices_are_sent_and_sent_again_with_the_same_id(served: Shop, postman: Postman) -> None:
    ada = served.customer("ada")
    ada.cart.add("mug-blue", 1)
    order = ada.checkout.buy("k", HOME, payment="tok_ok", email="ada@example.org")
    postman.broken = errors.ServiceFailed(errors.ServiceFailed.code, text="no stamps")
    with pytest.raises(errors.Failure):
        served.tick()
    postman.broken = None
    served.tick()
    assert {notice.to for notice in postman.sent} == {"ada@example.org"}
    assert {notice.order for notice in postman.sent} == {uuid.UUID(order.id)}
    assert len({notice.id for notice in postman.sent}) == len(postman.sent)


def test_services_are_closed_with_their_shop_and_once(bank: FakeGateway, sink: Recorder) -> None:
    shop = Shop("memory:", gateway=bank, events=sink)
    assert sink.closed == 0
    shop.close()
    shop.close()
    assert sink.closed == 1


def test_a_shop_that_does_not_open_leaves_them_alone(sink: Recorder) -> None:
    with pytest.raises(errors.BadInput):
        Shop("memory:", events=sink, currency="???")
    assert sink.closed == 0


@pytest.mark.parametrize("field", ["search", "notifier", "events"])
def test_what_is_no_port_is_refused_by_name(field: str) -> None:
    wrong: dict[str, Any] = {field: object()}
    with pytest.raises(errors.BadArgument) as caught:
        Shop("memory:", **wrong)
    assert caught.value.field == field


def test_an_index_that_gives_more_than_was_asked_for_is_a_failure(bank: FakeGateway) -> None:
    class Generous(Words):  # type: ignore[misc]
        def query(self, words: str, category: str | None, offset: int, limit: int) -> Any:
            return type(super().query(words, category, 0, 10))([("mug", 1.0)] * (limit + 1), limit + 1)

    with Shop("memory:", gateway=bank, search=Generous()) as shop:
        with pytest.raises(errors.ServiceFailed):
            shop.search.page("mug", limit=2)


def test_a_document_shows_an_index_all_of_a_product(bank: FakeGateway) -> None:
    seen: list[SearchDocument] = []

    class Watching(Words):  # type: ignore[misc]
        def index(self, documents: Sequence[SearchDocument]) -> None:
            seen.extend(documents)
            super().index(documents)

    with Shop("memory:", gateway=bank, search=Watching()) as shop:
        shop.catalog.create_category(Category("kitchen", "Kitchen"))
        shop.catalog.create(Product("mug", "A mug", [Sku("b", 1250, "USD"), Sku("a", 999, "USD")], categories=["kitchen"],
                                    attributes={"size": "pint"}, popularity=3))
        shop.tick()
    [mug] = seen
    assert (mug.id, mug.name, mug.price_minor, mug.currency, mug.popularity) == ("mug", "A mug", 999, "USD", 3)
    assert sorted(mug.skus) == ["a", "b"] and list(mug.attributes) == [("size", "pint")]
    assert list(mug.categories) == ["kitchen"] and mug.brand is None and mug.version > 0
