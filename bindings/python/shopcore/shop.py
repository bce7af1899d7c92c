"""The shop: open it, ask it for somebody, close it."""
from __future__ import annotations

import functools
import uuid
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any

from . import _convert, _ffi, errors
from . import records as r
from ._session import Handle, Session
from .cart import Cart
from .catalog import Catalog
from .checkout import Checkout
from .gateways import Adapter, FakeGateway, Gateway
from .inflight import InFlight
from .inventory import Inventory
from .orders import Orders
from .ports import EventSink, Notifier, NotifierAdapter, SearchAdapter, SearchIndex, SinkAdapter, expect
from .rules import Coupons, RuleKind, Rules
from .search import Search
from .stores import Store
from .tenders import Credit, GiftCards

Later = list[Callable[[], None]]


class Actor:
    """A shop as one actor sees it. What somebody may do is decided by the library, deny by default."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.catalog = Catalog(session)
        self.search = Search(session)
        self.inventory = Inventory(session)
        self.cart = Cart(session)
        self.checkout = Checkout(session)
        self.orders = Orders(session)
        self.promotions = Rules(session, RuleKind.PROMOTION)
        self.coupons = Coupons(session)
        self.taxes = Rules(session, RuleKind.TAX)
        self.shipping = Rules(session, RuleKind.SHIPPING)
        self.fees = Rules(session, RuleKind.FEE)
        self.prices = Rules(session, RuleKind.PRICE)
        self.policy = Rules(session, RuleKind.POLICY)
        self.gift_cards = GiftCards(session)
        self.credit = Credit(session)

    def within(self, seconds: float) -> Actor:
        """The same actor with a deadline: each call of it ends after so long, one way or the other."""
        mine = self._session
        return Actor(Session(mine.handle, mine.kind, mine.actor, seconds))

    def in_flight(self) -> InFlight:
        """Requests of an event loop: `async with shop.in_flight() as flight`, then `await flight.reserve(…)`."""
        return InFlight(self._session)


class Worker:
    """A thread of the library's own that keeps the shop's duties done. It stops with its block, or with the shop."""

    def __init__(self, pointer: Any) -> None:
        self._pointer: Any = pointer

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.stop()

    def wake(self) -> None:
        if self._pointer is not None:
            _ffi.lib.sc_worker_wake(self._pointer)

    def stop(self) -> None:
        """Stop the thread after the tick it is in. A second time does nothing."""
        pointer, self._pointer = self._pointer, None
        if pointer is not None:
            _ffi.lib.sc_worker_stop(pointer)


class Shop(Actor):
    """One shop of one tenant, safe to use from many threads. It acts for the shop itself; `customer`, `guest`,
    `seller` and `admin` give the same shop as somebody else sees it.

    `url` is "memory:", "sqlite:FILE", "postgres://…" or "redis://…"; or hand in a `store`. `gateway` is one of your own,
    or a provider by its URL, such as "stripe:?key_file=FILE&return_url=URL". `search` names an index, such as
    "fts5:FILE", "fts5::memory:" or "postgres://…", or is one of your own; `notifier` and `events` are yours as well.
    Orders are served from the first of `locations` that has all units of a line. Intervals are in milliseconds, amounts
    in minor units of `currency`; None is the library's default.
    """

    def __init__(self, url: str | None = None, *, store: Store | None = None,
                 gateway: FakeGateway | Gateway | str | None = None, search: str | SearchIndex | None = None,
                 notifier: Notifier | None = None, events: EventSink | None = None, allow_volatile: bool = True,
                 currency: str | None = None, hold_ttl_ms: int | None = None, cart_lifetime_ms: int | None = None,
                 quote_ttl_ms: int | None = None, key_lifetime_ms: int | None = None,
                 payment_patience_ms: int | None = None, payment_resume_ms: int | None = None,
                 payment_attempts_max: int | None = None, refund_when_lapsed: bool = False,
                 keep_coupons_used: bool = False,
                 tax_rate_ppm: int | None = None, tax_included: bool = False,
                 shipping_flat_minor: int | None = None, locations: Sequence[str] = (), split_lines: bool = False,
                 hold_on_add_ms: int | None = None, low_stock: int | None = None,
                 cart_line_units_max: int | None = None, cart_units_max: int | None = None,
                 cart_lines_max: int | None = None) -> None:
        options = _ffi.make(
            _ffi.sc_shop_options, store_url=url, volatile_ok=allow_volatile, currency=currency,
            hold_ttl_ms=hold_ttl_ms, cart_lifetime_ms=cart_lifetime_ms, quote_ttl_ms=quote_ttl_ms,
            key_lifetime_ms=key_lifetime_ms, payment_patience_ms=payment_patience_ms,
            payment_resume_ms=payment_resume_ms, payment_attempts_max=payment_attempts_max,
            lapsed_policy=_ffi.SC_LAPSED_REFUND if refund_when_lapsed else None,
            coupon_policy=_ffi.SC_COUPON_STAYS_USED if keep_coupons_used else None, tax_rate_ppm=tax_rate_ppm,
            tax_included=tax_included, shipping_flat_minor=shipping_flat_minor,
            locations=_ffi.texts(locations) if locations else None, location_count=len(locations),
            split_lines=int(split_lines), hold_on_add_ms=hold_on_add_ms, low_stock=low_stock,
            cart_line_units_max=cart_line_units_max, cart_units_max=cart_units_max, cart_lines_max=cart_lines_max)
        self._workers: list[Worker] = []
        handle = _opened(options, store, gateway, search, notifier, events)
        super().__init__(Session(handle, _ffi.SC_ACTOR_SYSTEM, None))

    def __enter__(self) -> Shop:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None,
                 trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close it, its store and its services, when the calls that are under way are back. Twice is fine."""
        while self._workers:
            self._workers.pop().stop()
        self._session.handle.close()

    @property
    def closed(self) -> bool:
        return self._session.handle.closed

    # ---- somebody

    def customer(self, id: str) -> Actor:
        return self._as(_ffi.SC_ACTOR_CUSTOMER, id)

    def guest(self, token: str) -> Actor:
        return self._as(_ffi.SC_ACTOR_GUEST, token)

    def seller(self, id: str) -> Actor:
        return self._as(_ffi.SC_ACTOR_SELLER, id)

    def admin(self, id: str) -> Actor:
        return self._as(_ffi.SC_ACTOR_ADMIN, id)

    def _as(self, kind: int, actor: str) -> Actor:
        return Actor(Session(self._session.handle, kind, actor))

    # ---- the shop's own duties

    def now_ms(self) -> int:
        """The store's clock, in milliseconds since 1970; also the check that the store answers."""
        out = _ffi.int64()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_shop_now, _ffi.ref(out))
        return int(out.value)

    def tick(self, *, items: int | None = None, time_ms: int | None = None) -> r.Tick:
        """Do what is due without anybody asking. Call it from a loop of yours, or use worker()."""
        bound = _ffi.make(_ffi.sc_tick_bound, items=items, time_ms=time_ms)
        report = _ffi.make(_ffi.sc_tick_report)
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_shop_tick, _ffi.ref(bound), _ffi.ref(report))
        return _convert.tick_out(report)

    def worker(self) -> Worker:
        """Start a thread that ticks this shop."""
        pointer = _ffi.handle(_ffi.sc_worker)
        with self._session.call() as call:
            call.make(_ffi.lib.sc_worker_start, None, _ffi.ref(pointer))
        worker = Worker(pointer)
        self._workers.append(worker)
        return worker

    def verify(self) -> list[r.Finding]:
        """Compare accounts, holds, orders and journal with each other. Gives what does not fit; nothing is best."""
        handle, found = _ffi.handle(_ffi.sc_verify), []
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_verify_new, _ffi.ref(handle))
            try:
                finished = False
                while not finished:
                    page = _ffi.sc_verify_page()
                    with _ffi.scratch() as step:
                        call.tell(_ffi.lib.sc_verify_step, handle, _ffi.SC_PAGE_MAX, step.arena, _ffi.ref(page))
                        found += [_convert.finding_out(raw) for raw in _ffi.items(page.findings, page.count)]
                        finished = page.finished
            finally:
                _ffi.lib.sc_verify_free(handle)
        return found

    def repair(self) -> r.Repairs:
        """Verify, mend what can be mended, and verify again. The journal says what was done."""
        raw = _ffi.sc_repair_report()
        with self._session.call() as call:
            call.ask(_ffi.lib.sc_verify_repair, call.arena, _ffi.ref(raw))
            return _convert.repairs_out(raw)


POSTGRES = (b"postgres://", b"postgresql://")


def access_table() -> str:
    """Who may do what, as a table of text."""
    return _ffi.printed(_ffi.lib.sc_access_table)


def _opened(options: Any, store: Store | None, gateway: FakeGateway | Gateway | str | None,
            search: str | SearchIndex | None, notifier: Notifier | None, events: EventSink | None) -> Handle:
    """Open the shop and hand everything over; on a failure everything is again whose it was."""
    undo: Later = []
    try:
        if store is not None:
            options.store = store.lend()
        elif (driver := _driver_of(options.store_url or b"")) is not None:
            options.store = _driver_store(driver, options.store_url)
            undo.append(functools.partial(_closing, options.store))
            options.store_url = None
        afterwards = _plug(options, gateway, undo) + _plug_python(options, search, notifier, events)
        if isinstance(search, str):
            options.search = index = _index(_ffi.text(search, "search"))
            undo.append(lambda: _closing(index))
        pointer = _ffi.handle(_ffi.sc_shop)
        with _ffi.scratch() as mine:
            mine.check(_ffi.lib.sc_shop_open(_ffi.ref(options), _ffi.ref(pointer), mine.error))
    except BaseException:
        while undo:
            undo.pop()()
        raise
    if store is not None:
        afterwards.append(_holding(store.give()))
    return Handle(pointer, afterwards)


def _index(name: bytes) -> Any:
    """Open a search index by its name."""
    out = _ffi.sc_search_index()
    with _ffi.scratch() as mine:
        if name.startswith(POSTGRES):
            mine.check(_ffi.driver("postgres").sc_postgres_search_open(_ffi.env, name, None, _ffi.ref(out), mine.error))
        else:
            mine.check(_ffi.lib.sc_fts5_open(_ffi.env, name, _ffi.ref(out), mine.error))
    return out


def _driver_of(url: bytes) -> str | None:
    """The driver that a store's URL asks for, when it is a library of its own."""
    scheme = url.partition(b":")[0]
    return {b"postgres": "postgres", b"postgresql": "postgres", b"redis": "redis", b"rediss": "redis",
            b"redis+socket": "redis"}.get(scheme)


def _driver_store(driver: str, url: bytes) -> Any:
    """Such a store, which the shop then owns. Its library is not this package's, and may be absent."""
    out = _ffi.sc_store()
    with _ffi.scratch() as mine:
        mine.check(getattr(_ffi.driver(driver), f"sc_{driver}_open")(_ffi.env, url, None, _ffi.ref(out), mine.error))
    return out


def _provider(url: str) -> Any:
    """The gateway of a payment provider, by a URL as the command line takes it."""
    driver = url.partition(":")[0]
    if driver not in ("stripe", "paypal"):
        raise errors.BadArgument(errors.BadArgument.code, field="gateway", text="begins with stripe: or paypal:")
    out = _ffi.sc_gateway()
    with _ffi.scratch() as mine:
        mine.check(getattr(_ffi.driver(driver), f"sc_{driver}_open_url")(_ffi.env, _ffi.text(url, "gateway"),
                                                                         _ffi.ref(out), mine.error))
    return out


def _closing(port: Any) -> None:
    port.ops.contents.close(port.ctx)


def _plug(options: Any, gateway: FakeGateway | Gateway | str | None, undo: Later) -> Later:
    if isinstance(gateway, str):
        options.gateway = _provider(gateway)
        undo.append(functools.partial(_closing, options.gateway))
        return []
    if isinstance(gateway, FakeGateway):
        options.gateway = gateway.lend()
        undo.append(gateway.let_go)
        return [gateway.let_go]
    if gateway is not None:
        if not isinstance(gateway, Gateway):
            raise errors.BadArgument(errors.BadArgument.code, field="gateway",
                                     text="neither a FakeGateway nor a Gateway")
        adapter = Adapter(gateway)
        options.gateway = adapter.port
        return [_holding(adapter)]
    return []


def _plug_python(options: Any, search: str | SearchIndex | None, notifier: Notifier | None,
                 events: EventSink | None) -> Later:
    adapters: list[SearchAdapter | NotifierAdapter | SinkAdapter] = []
    if search is not None and not isinstance(search, str):
        expect(search, SearchIndex, "search")
        adapters.append(SearchAdapter(search))
        options.search = adapters[-1].port
    if notifier is not None:
        expect(notifier, Notifier, "notifier")
        adapters.append(NotifierAdapter(notifier))
        options.notifier = adapters[-1].port
    if events is not None:
        expect(events, EventSink, "events")
        adapters.append(SinkAdapter(events))
        options.events = adapters[-1].port
    return [_holding(adapter) for adapter in adapters]


def _holding(thing: object) -> Callable[[], None]:
    """Something to call when the shop is closed, which keeps a thing alive until then."""
    kept = [thing]
    return kept.clear


def new_id() -> uuid.UUID:
    """A new UUIDv7, such as a reservation is named with."""
    return _ffi.new_id()
