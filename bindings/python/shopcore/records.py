"""What goes into a shop and comes out of it, as frozen dataclasses. Nothing here knows of C.

Amounts are integers in minor units (cents, yen, fils), as everywhere in the library; `Money` pairs one with its
currency and shows it as a Decimal. Times are milliseconds since 1970, UTC, on the store's clock.
"""
from __future__ import annotations

import datetime
import enum
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from . import _money

NOT_TRACKED = -(1 << 63)
"""The safety stock of a SKU that is not counted: every reservation passes."""


def moment(ms: int) -> datetime.datetime:
    """A time of the store as a datetime in UTC."""
    return datetime.datetime.fromtimestamp(ms // 1000, datetime.timezone.utc).replace(microsecond=ms % 1000 * 1000)


@dataclass(frozen=True, order=False)
class Money:
    """An amount in minor units of a currency. Adding two of different currencies is a mistake and says so."""

    minor: int
    currency: str

    @classmethod
    def parse(cls, text: str) -> Money:
        """Read "12.50 USD". Nothing is rounded."""
        return cls(*_money.parse(text))

    @classmethod
    def of(cls, amount: Decimal | str, currency: str) -> Money:
        """Take a decimal amount, such as Decimal("12.50"). Nothing is rounded: too many decimals are refused."""
        return cls(_money.parse_amount(format(Decimal(amount), "f"), currency), currency)

    @property
    def decimal(self) -> Decimal:
        """The amount with as many decimals as the currency has."""
        return Decimal(self.minor).scaleb(-_money.exponent(self.currency))

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise ValueError(f"{self} and {other} are of two currencies")
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: Money) -> Money:
        return self + Money(-other.minor, other.currency)

    def __mul__(self, by: int) -> Money:
        return Money(self.minor * by, self.currency)

    def __str__(self) -> str:
        return _money.format(self.minor, self.currency)


# ---- catalogue ---------------------------------------------------------------------------------

AttributeValue = str | bool | int | Decimal
"""A text, a yes or no, or an exact number."""


@dataclass(frozen=True)
class Image:
    url: str
    alt: str | None = None


@dataclass(frozen=True)
class Sku:
    """One seller's offer of one variant. `version` 0: there is none yet."""

    sku: str
    price_minor: int
    currency: str
    product: str | None = None
    seller: str | None = None
    name: str | None = None
    withdrawn: bool = False
    options: Mapping[str, AttributeValue] = field(default_factory=dict)
    version: int = 0

    @property
    def price(self) -> Money:
        return Money(self.price_minor, self.currency)


@dataclass(frozen=True)
class Product:
    """A product with its SKUs. `version` 0: there is none yet; `rating_milli` -1: nobody has rated it."""

    id: str
    name: str
    skus: Sequence[Sku] = ()
    brand: str | None = None
    description: str | None = None
    seller: str | None = None
    attributes: Mapping[str, AttributeValue] = field(default_factory=dict)
    categories: Sequence[str] = ()
    images: Sequence[Image] = ()
    rating_milli: int = -1
    rating_count: int = 0
    popularity: int = 0
    version: int = 0


@dataclass(frozen=True)
class Category:
    id: str
    name: str
    parent: str | None = None
    position: int = 0
    version: int = 0


@dataclass(frozen=True)
class ImportRow:
    """What became of one line of a file. `reason` is empty when it was accepted."""

    line: int
    sku: str | None
    accepted: bool
    field: str
    reason: str


@dataclass(frozen=True)
class ImportSummary:
    lines: int
    created: int
    changed: int
    unchanged: int
    rejected: int
    resumed_at: int = 0
    """The line at which an import that was broken off went on; 0: it began at the start."""


@dataclass(frozen=True)
class ExportSummary:
    categories: int
    products: int
    skus: int
    bytes: int


@dataclass(frozen=True)
class CategoryMove:
    """How many products a moved category had below it, how many stand in other categories now, and how many were left
    as they were because they would stand in too many."""

    products: int
    relisted: int
    refused: int


class Rounding(enum.IntEnum):
    """What becomes of a part of a minor unit."""

    HALF_UP = 1
    HALF_AWAY = 2
    HALF_EVEN = 3
    DOWN = 4
    UP = 5


@dataclass(frozen=True)
class PriceChange:
    """A new price, or a percentage of the old one, perhaps only if something still is so."""

    sku: str
    price_minor: int | None = None
    percent: Decimal | int | None = None
    was_minor: int | None = None
    version: int | None = None
    currency: str | None = None


@dataclass(frozen=True)
class PriceOutcome:
    """What became of a price. `fault` says why it stayed as it was."""

    sku: str | None
    before_minor: int
    after_minor: int
    currency: str
    version: int
    fault: Exception | None = None
    line: int = 0
    """Of the file it came from; 0: of none."""


@dataclass(frozen=True)
class PricesSummary:
    lines: int
    changed: int
    unchanged: int
    rejected: int


# ---- search ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hit:
    product: Product
    score: float  # only the order means anything


@dataclass(frozen=True)
class SearchPage:
    hits: Sequence[Hit]
    total: int
    total_is_floor: bool


@dataclass(frozen=True)
class SearchProgress:
    entries: int
    products: int
    more: bool


# ---- stock -------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Level:
    """Counters of one account, in units. A buyer is told `available` only."""

    sku: str
    location: str
    available: int
    on_hand: int
    held: int
    committed: int
    safety: int
    version: int


@dataclass(frozen=True)
class Shortage:
    """More units committed to orders than there are; `cancelled` of the missing ones were taken back from `orders`."""

    sku: str
    location: str
    on_hand: int
    committed: int
    missing: int
    cancelled: int
    orders: int


class HoldState(enum.IntEnum):
    NONE = 0
    HELD = 1
    COMMITTED = 2
    RELEASED = 3
    EXPIRED = 4


@dataclass(frozen=True)
class ReserveLine:
    """How many of one SKU, and from where: from `location`, or from the first of `locations` that has them all, or,
    with `split`, from several of those."""

    sku: str
    quantity: int
    location: str | None = None
    locations: Sequence[str] = ()
    split: bool = False


@dataclass(frozen=True)
class Reservation:
    id: uuid.UUID
    state: HoldState
    deadline_ms: int


@dataclass(frozen=True)
class Take:
    """What a reservation took from one account for one line."""

    sku: str
    location: str
    quantity: int
    committed: int
    line: int


@dataclass(frozen=True)
class ReservationDetail:
    reservation: Reservation
    takes: Sequence[Take]


@dataclass(frozen=True)
class Movement:
    """What was added to the counters of an account, and what they were afterwards."""

    position: int
    time_ms: int
    on_hand: int
    held: int
    committed: int
    on_hand_after: int
    held_after: int
    committed_after: int
    reason: str
    cause: uuid.UUID | None


# ---- cart --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CartLine:
    id: uuid.UUID
    sku: str
    quantity: int
    price_seen_minor: int
    added_ms: int
    options: Mapping[str, str]


@dataclass(frozen=True)
class CartView:
    """A cart as it was when it was read. `version` 0: there is none yet, or it ran out."""

    owner: str
    version: int
    currency: str
    lines: Sequence[CartLine]
    changed_ms: int
    expires_ms: int
    note: str = ""
    saved: Sequence[CartLine] = ()  # put aside for later: not quoted, not bought
    coupons: Sequence[str] = ()  # codes as they were given


class MergeRule(enum.IntEnum):
    """What happens to a line that both carts have."""

    ADD = 0
    LARGER = 1
    KEEP_USER = 2
    KEEP_GUEST = 3


@dataclass(frozen=True)
class Leftover:
    """What a merge could not move; it is still in the guest's cart."""

    sku: str
    quantity: int
    reason: str
    line: uuid.UUID


@dataclass(frozen=True)
class Merge:
    cart: CartView
    units_moved: int
    leftovers: Sequence[Leftover]


# ---- checkout and orders -----------------------------------------------------------------------


@dataclass(frozen=True)
class Address:
    name: str = ""
    line1: str = ""
    city: str = ""
    country: str = ""
    postal_code: str = ""
    region: str = ""
    line2: str = ""
    company: str = ""
    phone: str = ""


@dataclass(frozen=True)
class OrderLine:
    """One line as it was, or would be, bought. `total_minor` is what the buyer pays for the line."""

    id: str
    sku: str
    product: str
    seller: str
    name: str
    quantity: int
    unit_price_minor: int
    discount_minor: int
    tax_minor: int
    total_minor: int
    options: Mapping[str, str]
    cancelled: int = 0  # units that were cancelled since; 0 in listings


class OfferChangeKind(enum.IntEnum):
    PRICE_UP = 1
    PRICE_DOWN = 2
    NOT_FOR_SALE = 3
    SHORT_STOCK = 4
    LINE_NEW = 5
    LINE_GONE = 6
    QUANTITY = 7
    PROMOTION = 8
    COUPON = 9
    SHIPPING = 10
    TAX = 11
    TOTAL_UP = 12
    TOTAL_DOWN = 13
    FEE = 14


@dataclass(frozen=True)
class OfferChange:
    """How the offer differs from what the buyer saw. `was` and `now`: prices in minor units, or units."""

    kind: OfferChangeKind
    line: int
    sku: str
    was: int
    now: int
    field: str = ""  # what it is about, such as "lines[2].unit_price"
    what: str = ""  # which promotion, coupon, rate or fee


@dataclass(frozen=True)
class QuotePrice:
    """Which of its prices a line has: the list it comes from, and what it cost before (0: nothing)."""

    list: str
    compare_at_minor: int
    on_sale: bool


@dataclass(frozen=True)
class QuoteCoupon:
    """A code of the cart: what it takes off, or in words why nothing."""

    code: str
    coupon: str
    applied: bool
    discount_minor: int
    text: str


@dataclass(frozen=True)
class CouponUsage:
    """Limits of 0 are none, and then nothing is counted."""

    limit: int
    used: int
    held: int
    period_limit: int
    period_used: int
    period_held: int


@dataclass(frozen=True)
class Quote:
    currency: str
    lines: Sequence[OrderLine]
    goods_minor: int
    discount_minor: int
    shipping_minor: int
    tax_minor: int
    total_minor: int
    changes: Sequence[OfferChange]
    needs_consent: bool
    token: str | None
    expires_ms: int
    coupons: Sequence[QuoteCoupon] = ()
    promotions: Mapping[str, int] = field(default_factory=dict)  # what each takes off, in minor units
    fees_minor: int = 0
    fees: Mapping[str, int] = field(default_factory=dict)  # what each comes to with its tax; credits are below 0
    shipping_rate: str | None = None  # the way to ship that was chosen
    shipping_offers: Mapping[str, int] = field(default_factory=dict)  # all of them, cheapest first
    prices: Sequence[QuotePrice] = ()  # of each line

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)


@dataclass(frozen=True)
class Placement:
    """The answer to a placement; `json` is the same byte for byte on each repeat under one key."""

    id: str
    currency: str
    total_minor: int
    placed_ms: int
    json: bytes
    due_minor: int = 0  # what gift cards and store credit leave to the provider

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)


@dataclass(frozen=True)
class Payment:
    """One attempt to pay, or what a gift card or store credit pays. `state` is a word such as "CAPTURED"."""

    number: int
    state: str
    attempt: str
    amount_minor: int
    currency: str
    provider_ref: str
    step_url: str
    decline_code: str
    tender: str = "provider"  # or "gift_card", "store_credit"
    account: str = ""


@dataclass(frozen=True)
class GiftCard:
    """A gift card; `code` only in the answer to who issued it."""

    id: str
    code: str
    currency: str
    note: str
    ledger_id: str
    issued_minor: int
    balance_minor: int
    held_minor: int
    created_ms: int
    expires_ms: int
    expired: bool

    @property
    def balance(self) -> Money:
        return Money(self.balance_minor, self.currency)


@dataclass(frozen=True)
class CreditBalance:
    currency: str
    balance_minor: int
    held_minor: int

    @property
    def balance(self) -> Money:
        return Money(self.balance_minor, self.currency)


@dataclass(frozen=True)
class CreditMove:
    """One movement of store credit, and what could be spent after it."""

    time_ms: int
    amount_minor: int
    balance_minor: int
    reason: str


@dataclass(frozen=True)
class RefundPart:
    """What a refund gives back of one line; an empty `line` is shipping."""

    line: str
    seller: str
    quantity: int
    amount_minor: int
    tax_minor: int


@dataclass(frozen=True)
class Refund:
    """One refund of one payment. `state` is a word such as "DONE"; a planned one has number 0."""

    number: int
    state: str
    payment: int
    attempt: str
    amount_minor: int
    tax_minor: int
    shipping_minor: int
    currency: str
    reason: str
    decline_code: str
    parts: Sequence[RefundPart]
    cancelled: bool = False  # its units were cancelled and stayed here
    to_credit: bool = False


@dataclass(frozen=True)
class LedgerEntry:
    """What a capture, refund or return booked: amounts by account, which add up to zero."""

    what: str
    number: int
    payment: int
    currency: str
    postings: Mapping[str, int]


@dataclass(frozen=True)
class OrderEvent:
    time_ms: int
    topic: str
    cause: str
    actor: str


@dataclass(frozen=True)
class Shipment:
    carrier: str
    tracking: str
    shipped_ms: int


@dataclass(frozen=True)
class Order:
    """`status` is what people see, such as "SHIPPED"; the three states behind it are words of their own."""

    id: str
    owner: str
    status: str
    state: str
    paid: str
    fulfilment: str
    version: int
    created_ms: int
    currency: str
    goods_minor: int
    discount_minor: int
    shipping_minor: int
    tax_minor: int
    total_minor: int
    lines: Sequence[OrderLine]
    erased: bool
    email: str
    shipping: Address
    billing: Address
    shipment: Shipment
    payments: Sequence[Payment]
    history: Sequence[OrderEvent]
    coupons: Mapping[str, int] = field(default_factory=dict)  # what each code took off, in minor units
    promotions: Mapping[str, int] = field(default_factory=dict)
    fees_minor: int = 0
    fees: Mapping[str, int] = field(default_factory=dict)  # what each came to with its tax; credits are below 0

    @property
    def total(self) -> Money:
        return Money(self.total_minor, self.currency)


# ---- the shop ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tick:
    """What a tick did; `wait_ms` is when the next one is due, None: nothing is."""

    holds_expired: int
    checkouts_resumed: int
    events_relayed: int
    products_indexed: int
    notices_sent: int
    duties_failed: int
    wait_ms: int | None


@dataclass(frozen=True)
class Finding:
    """One thing that does not fit together."""

    damage: str
    text: str
    sku: str | None
    location: str | None
    subject: uuid.UUID | None
    position: int
    expected: int
    found: int


class Mend(enum.IntEnum):
    """What was done about a damage; NONE: it is left for a person to look at."""

    NONE = 0
    COUNTERS = 1
    BASELINE = 2
    RELEASED = 3
    RESTORED = 4
    SEALED = 5


@dataclass(frozen=True)
class Repairs:
    """What was found with what was done about it; `left` 0: the shop is clean."""

    repairs: Sequence[tuple[Finding, Mend]]
    mended: int
    left: int


# ---- the gateway port --------------------------------------------------------------------------


class GatewayOp(enum.IntEnum):
    CHARGE = 1
    AUTHORISE = 2
    CAPTURE = 3
    VOID = 4
    REFUND = 5
    LOOKUP = 6


class GatewayState(enum.IntEnum):
    UNSEEN = 1
    RUNNING = 2
    NEEDS_STEP = 3
    AUTHORISED = 4
    CAPTURED = 5
    DECLINED = 6
    VOIDED = 7
    REFUNDED = 8


@dataclass(frozen=True)
class GatewayRequest:
    """One wish to move money. `attempt` is the provider's idempotency key; `target` the attempt it is about."""

    attempt: uuid.UUID
    order: uuid.UUID
    op: GatewayOp
    amount_minor: int
    currency: str
    token: str | None
    provider_ref: str | None
    target: uuid.UUID


@dataclass(frozen=True)
class GatewayReply:
    """An answer. `status` 0: `state` tells; anything else is the code of a failure or an unknown."""

    attempt: uuid.UUID
    state: GatewayState
    order: uuid.UUID = uuid.UUID(int=0)
    status: int = 0
    amount_minor: int = 0
    provider_ref: str = ""
    step_url: str = ""
    decline_code: str = ""


@dataclass(frozen=True)
class Booking:
    """One line of the fake provider's books."""

    attempt: uuid.UUID
    order: uuid.UUID
    state: GatewayState
    charges: int
    currency: str
    captured_minor: int
    refunded_minor: int


# ---- what ports written in Python are handed -----------------------------------------------------------


@dataclass(frozen=True)
class SearchDocument:
    """A product as a search index sees it. `version` 0 removes it; below the one the index has: ignore it."""

    id: str
    version: int
    name: str
    brand: str | None
    description: str | None
    categories: Sequence[str]
    attributes: Sequence[tuple[str, str]]
    skus: Sequence[str]
    price_minor: int  # the lowest of its offers; -1: none
    currency: str
    rating_milli: int  # average stars times 1,000; -1: none yet
    popularity: int


@dataclass(frozen=True)
class Found:
    """What a search index found: ids of products with scores, best first, and how many there are in all."""

    hits: Sequence[tuple[str, float]]
    total: int
    total_is_floor: bool = False


@dataclass(frozen=True)
class Event:
    """Something that happened, such as "order.placed". (incarnation, partition, position) tells a repeat."""

    incarnation: uuid.UUID
    partition: int
    position: int
    time_ms: int
    topic: str
    body: bytes  # JSON

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Notice:
    """A message for a person. `id` is the same when it is sent again; `to` None: the shop's own people."""

    id: uuid.UUID
    topic: str
    to: str | None
    subject: str
    text: str
    order: uuid.UUID | None
