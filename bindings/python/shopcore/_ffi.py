"""The C library, as it is: the one module of this package that touches ctypes.

Nothing here decides anything. The upper part finds the libraries, lends scratch memory to calls and turns statuses into
exceptions; the lower part, written by a tool from the C headers, declares every constant, struct and function.

ctypes lets go of the interpreter's lock while a C function runs, so calls of several threads run at once. Each call in
flight has a Scratch of its own, because an arena belongs to one thread at a time, and because a port written in Python
may call the library again from within a call.
"""
from __future__ import annotations

import ctypes
import ctypes.util
import importlib
import os
import pathlib
import threading
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from ctypes import (CFUNCTYPE, POINTER, Structure, byref, c_bool, c_char, c_char_p, c_double, c_int, c_int16, c_int32,
                    c_int64, c_size_t, c_uint8, c_uint16, c_uint32, c_uint64, c_void_p)
from typing import Any, TypeVar

from . import errors

S = TypeVar("S", bound=Structure)

# What the other modules need of ctypes, under names of our own.
ref: Any = byref
pointer: Any = ctypes.pointer
int32: Any = c_int
int64: Any = c_int64
uint32: Any = c_uint32
uint64: Any = c_uint64
size: Any = c_size_t

# ---- finding the libraries ---------------------------------------------------------------------


def _places(name: str) -> Iterator[str]:
    """Where a library may be: what SHOPCORE_LIBRARY names and nothing else; or this package's folder, the build folder
    of an editable install, the system."""
    named = os.environ.get("SHOPCORE_LIBRARY")
    if named:
        path = pathlib.Path(named)
        folder = path if path.is_dir() else path.parent
        driver = folder / "drivers" / name.removeprefix("libshopcore-").removesuffix(".so.0") / name  # a build folder
        yield str(driver if driver.exists() else path if name == "libshopcore.so.0" and path != folder
                  else folder / name)
        return
    inside = pathlib.Path(__file__).with_name(name)
    if inside.exists():
        yield str(inside)
    try:
        yield str(pathlib.Path(importlib.import_module("_shopcore_library").FOLDER) / name)
    except ModuleNotFoundError:
        pass
    yield name


def _open(name: str, functions: dict[str, tuple[Any, list[Any]]]) -> Any:
    """Load a library and give each of its functions its types."""
    tried = []
    for place in _places(name):
        try:
            library = ctypes.CDLL(place)
        except OSError as said:
            tried.append(f"{place}: {said}")
            continue
        for function, (result, arguments) in functions.items():
            try:
                found = getattr(library, function)
            except AttributeError:
                fault = f"{place} has no {function}: it is another version than this package"
                raise errors.LibraryMissing(fault) from None
            found.restype, found.argtypes = result, arguments
        return library
    raise errors.LibraryMissing(
        f"the C library {name} was not found; set SHOPCORE_LIBRARY to it or to its folder, or install it. Tried:\n  "
        + "\n  ".join(tried))


_others_lock = threading.Lock()
_others: dict[str, Any] = {}


def _other(name: str, functions: dict[str, tuple[Any, list[Any]]]) -> Any:
    with _others_lock:
        if name not in _others:
            _others[name] = _open(name, functions)
        return _others[name]


def testkit() -> Any:
    """The second library, with the fake gateway: loaded when it is first needed."""
    return _other("libshopcore-testkit.so.0", TESTKIT_FUNCTIONS)


def driver(name: str) -> Any:
    """A driver in a library of its own ("paypal", "postgres", "redis", "stripe"): loaded when a shop names it."""
    functions = {"paypal": PAYPAL_FUNCTIONS, "postgres": POSTGRES_FUNCTIONS, "redis": REDIS_FUNCTIONS,
                 "stripe": STRIPE_FUNCTIONS}
    return _other(f"libshopcore-{name}.so.0", functions[name])


# ---- values on their way in and out --------------------------------------------------------------

# Integers that ctypes would cut off without a word.
_RANGES: dict[Any, tuple[int, int]] = {
    kind: ((-(1 << 8 * size - 1), (1 << 8 * size - 1) - 1) if signed else (0, (1 << 8 * size) - 1))
    for kind, size, signed in (
        (c_int, 4, True), (c_int16, 2, True), (c_int64, 8, True), (c_uint8, 1, False), (c_uint16, 2, False),
        (c_uint32, 4, False), (c_uint64, 8, False), (c_size_t, 8, False))}
_kinds: dict[type[Structure], dict[str, Any]] = {}


def text(value: str, field: str = "") -> bytes:
    """Text as C takes it. What C cannot see is refused here: a NUL would end it early."""
    try:
        data = value.encode()
    except UnicodeEncodeError:
        raise errors.BadText(errors.BadText.code, field=field, text="text that is not valid Unicode") from None
    if b"\0" in data:
        raise errors.BadText(errors.BadText.code, field=field, text="text with a NUL in it")
    return data


def optional_text(value: str | None, field: str = "") -> bytes | None:
    return None if value is None else text(value, field)


def fit(value: int, kind: Any, field: str = "") -> int:
    """A number as C takes it, refused when it does not fit."""
    low, high = _RANGES[kind]
    if not low <= value <= high:
        raise errors.OutOfRange(errors.OutOfRange.code, field=field, text="a number that does not fit")
    return value


def fill(target: S, /, **values: Any) -> S:
    """Set members of a struct from Python values: str, int, bool, structs, arrays. None leaves a member as it is."""
    kind = type(target)
    kinds = _kinds.get(kind)
    if kinds is None:
        kinds = _kinds[kind] = {label: what for label, what, *_ in kind._fields_}
    for label, value in values.items():
        if value is None:
            continue
        if isinstance(value, str):
            value = text(value, label)
            room = ctypes.sizeof(kinds[label]) if kinds[label] is not c_char_p else 0
            if room and len(value) >= room:
                raise errors.OverLimit(errors.OverLimit.code, field=label, text=f"at most {room - 1} bytes")
        elif isinstance(value, int) and kinds[label] in _RANGES:
            fit(value, kinds[label], label)
        setattr(target, label, value)
    return target


def make(kind: type[S], /, **values: Any) -> S:
    """A struct with its initial values and these."""
    made = kind()
    if kind._fields_[0][0] == "size":
        setattr(made, "size", ctypes.sizeof(kind))
    for label, value in INITIAL.get(kind, {}).items():
        setattr(made, label, value)
    return fill(made, **values)


def copied(pointer: Any, kind: Any) -> Any:
    """A value of our own of what a pointer points at."""
    made = kind()
    ctypes.memmove(byref(made), pointer, ctypes.sizeof(kind))
    return made


def array(kind: type[S], items: Sequence[S]) -> Any:
    return (kind * len(items))(*items)


def blank(kind: Any, count: int) -> Any:
    return (kind * count)()


def texts(items: Iterable[str]) -> Any:
    encoded = [text(item) for item in items]
    return (c_char_p * len(encoded))(*encoded)


def text_list() -> Any:
    """Where C puts an array of texts."""
    return ctypes.POINTER(c_char_p)()


def items(pointer: Any, count: int) -> list[Any]:
    """What a pointer and a count say; the pointer may be NULL when there is nothing."""
    return [pointer[i] for i in range(count)] if count else []


def string(value: bytes | None) -> str:
    return "" if value is None else value.decode()


def optional_string(value: bytes | None) -> str | None:
    return None if value is None else value.decode()


def bytes_in(data: bytes) -> Any:
    """Bytes with a length, as an argument; they live as long as what is given back."""
    made = sc_bytes()
    made.data = ctypes.cast(ctypes.c_char_p(data), c_void_p)
    made.size = len(data)
    return made


def bytes_out(value: Any) -> bytes:
    return ctypes.string_at(value.data, value.size) if value.size else b""


def string_at(pointer: Any, size: int) -> bytes:
    return ctypes.string_at(pointer, size)


def arena_text(arena: Any, value: str, field: str = "") -> Any:
    """Text that a port gives back, where its caller wants it."""
    data = text(value, field)
    copy = lib.sc_arena_dup(arena, data, len(data))
    if not copy:
        raise errors.of(SC_NO_MEMORY)
    return ctypes.cast(copy, c_char_p)


def arena_array(arena: Any, kind: Any, count: int) -> Any:
    """Room for so many structs that a port gives back."""
    room = lib.sc_arena_alloc(arena, ctypes.sizeof(kind) * count)
    if not room:
        raise errors.of(SC_NO_MEMORY)
    return ctypes.cast(room, POINTER(kind))


def id_at(pointer: Any) -> uuid.UUID:
    """An id that is handed over as 16 bytes."""
    return uuid.UUID(bytes=ctypes.string_at(pointer, 16))


def put_id(pointer: Any, value: uuid.UUID) -> None:
    ctypes.memmove(pointer, value.bytes, 16)


def id_in(value: uuid.UUID) -> Any:
    return sc_id.from_buffer_copy(value.bytes)


def id_out(value: Any) -> uuid.UUID:
    return uuid.UUID(bytes=bytes(value.bytes))


def new_id() -> uuid.UUID:
    """A new UUIDv7, as the library makes them."""
    return id_out(lib.sc_id_make(env))


def mono_ns() -> int:
    """The clock that deadlines are on."""
    return int(env.contents.mono_ns(env.contents.ctx))


def handle(kind: Any) -> Any:
    """A place for a function to put a handle into."""
    return POINTER(kind)()


def text_room(size: int) -> Any:
    return ctypes.create_string_buffer(size)


# ---- scratch memory and statuses -----------------------------------------------------------------


def fault_of(error: Any, index: int) -> errors.ShopError:
    """The exception that an sc_error stands for."""
    return errors.of(error.status, index=index if index >= 0 else None, field=error.field.decode(errors="replace"),
                     wanted=error.wanted, available=error.available, text=error.text.decode(errors="replace"))


def fault_at(pointer: Any, status: int) -> errors.ShopError:
    """The exception of a status that C says more about in an sc_error, if it does."""
    if not pointer or pointer.contents.status != status:
        return errors.of(status, text=string(lib.sc_status_text(status)))
    return fault_of(pointer.contents, pointer.contents.index)


_callbacks: list[Any] = []  # C may call them as long as the process lives


def on_completion(function: Callable[[Any], None]) -> Any:
    """A function to be told of requests that were submitted, as C takes it."""
    made = ctypes.CFUNCTYPE(None, POINTER(sc_completion))(function)
    _callbacks.append(made)
    return ctypes.cast(made, c_void_p)


class Scratch:
    """What a call borrows: an arena for its answer, and a place for what went wrong."""

    __slots__ = ("arena", "error", "_storage", "_fault", "_clear")

    def __init__(self) -> None:
        self._storage, self._fault = sc_arena(), sc_error()
        self.arena, self.error = byref(self._storage), byref(self._fault)
        lib.sc_arena_init(self.arena, env)
        self._clear = lib.sc_arena_clear

    def __del__(self) -> None:
        self._clear(self.arena)

    def reset(self) -> None:
        lib.sc_arena_reset(self.arena)

    def check(self, status: int) -> None:
        """Raise what a status other than OK says."""
        if status != 0:
            raise self.fault(status)

    def fault(self, status: int) -> errors.ShopError:
        if self._fault.status != status:
            return errors.of(status, text=string(lib.sc_status_text(status)))
        return fault_of(self._fault, self._fault.index)


class _Idle(threading.local):
    """The scratches of one thread that no call is using."""

    def __init__(self) -> None:
        self.free: list[Scratch] = []


_idle = _Idle()


@contextmanager
def scratch() -> Iterator[Scratch]:
    """Borrow a scratch. What a call left in its arena is gone at the end of the block."""
    free = _idle.free
    mine = free.pop() if free else Scratch()
    try:
        yield mine
    finally:
        mine.reset()
        free.append(mine)


def check(status: int) -> None:
    """Raise what a status says, of a function that tells no more than that."""
    if status != 0:
        raise errors.of(status, text=string(lib.sc_status_text(status)))


def printed(function: Any, *arguments: Any) -> str:
    """Text that a function of the form (…, arena, out, error) writes."""
    out = c_char_p()
    with scratch() as mine:
        mine.check(function(*arguments, mine.arena, byref(out), mine.error))
        return string(out.value)


def tell(error: Any, fault: errors.ShopError) -> int:
    """Hand an exception of a Python port to the library: fills the error, gives the status."""
    if error:
        told = error.contents
        told.status, told.index = fault.status, -1 if fault.index is None else fault.index
        told.field, told.text = fault.field.encode()[:63], fault.text.encode()[:159]
        told.wanted, told.available = fault.wanted, fault.available
    return fault.status


# ---- below this line: written by tools/declare.py from the headers

# Constants.

SC_LOG_DEBUG = 0
SC_LOG_INFO = 1
SC_LOG_WARN = 2
SC_LOG_ERROR = 3
SC_ACTOR_SYSTEM = 1
SC_ACTOR_ADMIN = 2
SC_ACTOR_SELLER = 3
SC_ACTOR_CUSTOMER = 4
SC_ACTOR_GUEST = 5
SC_OK = 0
SC_NOT_FOUND = -101
SC_OUT_OF_STOCK = -102
SC_CHANGED = -103
SC_EXISTS = -104
SC_LIMIT_REACHED = -105
SC_HOLD_LAPSED = -106
SC_HOLD_SETTLED = -107
SC_NOT_ALLOWED = -108
SC_KEY_REUSED = -109
SC_IN_PROGRESS = -110
SC_DECLINED = -111
SC_ACTION_REQUIRED = -112
SC_CONSENT_NEEDED = -113
SC_WRONG_STATE = -114
SC_QUOTE_EXPIRED = -115
SC_CART_EMPTY = -116
SC_NOT_FOR_SALE = -117
SC_CURRENCY_MISMATCH = -118
SC_FENCED = -119
SC_TOO_OLD = -120
SC_STALE_EPOCH = -121
SC_NOTHING_DUE = -122
SC_BAD_ARGUMENT = -301
SC_BAD_TEXT = -302
SC_OVER_LIMIT = -303
SC_BAD_FORMAT = -304
SC_OUT_OF_RANGE = -305
SC_BAD_CURRENCY = -306
SC_BAD_SIGNATURE = -307
SC_UNSUPPORTED = -308
SC_NO_MEMORY = -501
SC_STORE_FAILED = -502
SC_BUSY = -503
SC_DEADLINE = -504
SC_CANCELLED = -505
SC_DAMAGED = -506
SC_SERVICE_FAILED = -507
SC_NO_ROOM = -508
SC_IO_FAILED = -509
SC_SCHEMA_TOO_NEW = -510
SC_OUTCOME_UNKNOWN = -901
SC_PAYMENT_UNKNOWN = -902
SC_CLASS_RECORD = 1
SC_CLASS_ACCOUNT = 2
SC_CLASS_HOLD = 3
SC_CLASS_CLAIM = 4
SC_ROUTE_TEXT = 1
SC_ROUTE_ID = 2
SC_ROUTE_FIXED = 3
SC_KIND_TOUCH = 1
SC_KIND_MADE_BY = 2
SC_KIND_PERSONAL = 4
SC_KIND_CRITICAL = 8
SC_KIND_LIFETIME = 16
SC_VALUE_NULL = 0
SC_VALUE_INT = 1
SC_VALUE_BYTES = 2
SC_HOLD_NONE = 0
SC_HOLD_HELD = 1
SC_HOLD_COMMITTED = 2
SC_HOLD_RELEASED = 3
SC_HOLD_EXPIRED = 4
SC_LINE_SPLIT = 1
SC_LINE_LIMIT = 2
SC_CHANGE_CHECK = 1
SC_CHANGE_PUT = 2
SC_CHANGE_PATCH = 3
SC_CHANGE_DELETE = 4
SC_CHANGE_ADJUST = 5
SC_CHANGE_SET = 6
SC_CHANGE_HOLD = 7
SC_CHANGE_COMMIT = 8
SC_CHANGE_RELEASE = 9
SC_CHANGE_EXTEND = 10
SC_CHANGE_APPEND = 11
SC_IF_ANY = 0
SC_IF_ABSENT = 1
SC_IF_VERSION = 2
SC_IF_PRESENT = 3
SC_SKIP = 1
SC_ADJUST_FORCED = 2
SC_SET_ON_HAND = 4
SC_SET_FLOOR = 8
SC_PATCH_PERSONAL = 16
SC_PATCH_BODY = 32
SC_RELEASE_COMMITTED = 64
SC_RELEASE_DAMAGED = 128
SC_HOME_NONE = 0
SC_HOME_TABLE = 1
SC_HOME_FIRST = 2
SC_GROUP_KEEP_REFUSAL = 1
SC_OUTCOME_REPEAT = 1
SC_OUTCOME_SKIPPED = 2
SC_READ_COLUMNS = 1
SC_READ_BODY = 2
SC_READ_PERSONAL = 4
SC_READ_ALL = 7
SC_BY_SUB = -1
SC_BY_ADDRESS = -2
SC_RANGE_DESCENDING = 1
SC_RANGE_LOW_EXCLUDED = 2
SC_RANGE_HIGH_EXCLUDED = 4
SC_RANGE_UNTIL_NOW = 8
SC_ENTRY_ACCOUNT = 1
SC_ENTRY_TOUCH = 2
SC_ENTRY_EVENT = 3
SC_DURABLE_PROCESS = 1
SC_DURABLE_LOSSY = 2
SC_DURABLE_DISK = 3
SC_DURABLE_REPLICATED = 4
SC_JSON_ABSENT = 0
SC_JSON_NULL = 1
SC_JSON_BOOL = 2
SC_JSON_INT = 3
SC_JSON_NUMBER = 4
SC_JSON_TEXT = 5
SC_JSON_ARRAY = 6
SC_JSON_OBJECT = 7
SC_GATEWAY_CHARGE = 1
SC_GATEWAY_AUTHORISE = 2
SC_GATEWAY_CAPTURE = 3
SC_GATEWAY_VOID = 4
SC_GATEWAY_REFUND = 5
SC_GATEWAY_LOOKUP = 6
SC_GATEWAY_UNSEEN = 1
SC_GATEWAY_RUNNING = 2
SC_GATEWAY_NEEDS_STEP = 3
SC_GATEWAY_AUTHORISED = 4
SC_GATEWAY_CAPTURED = 5
SC_GATEWAY_DECLINED = 6
SC_GATEWAY_VOIDED = 7
SC_GATEWAY_REFUNDED = 8
SC_LAPSED_HOLD_AGAIN = 1
SC_LAPSED_REFUND = 2
SC_COUPON_GIVEN_BACK = 0
SC_COUPON_STAYS_USED = 1
SC_MERGE_ADD = 0
SC_MERGE_LARGER = 1
SC_MERGE_KEEP_USER = 2
SC_MERGE_KEEP_GUEST = 3
SC_ATTRIBUTE_TEXT = 0
SC_ATTRIBUTE_NUMBER = 1
SC_ATTRIBUTE_BOOL = 2
SC_CATALOG_JSONL = 0
SC_CATALOG_CSV = 1
SC_PUT_CREATE = 1
SC_PUT_REPLACE = 2
SC_PUT_MERGE = 3
SC_PUT_NOTHING = 0
SC_PUT_CREATED = 1
SC_PUT_CHANGED = 2
SC_PUT_UNCHANGED = 3
SC_ROUND_HALF_UP = 1
SC_ROUND_HALF_AWAY = 2
SC_ROUND_HALF_EVEN = 3
SC_ROUND_DOWN = 4
SC_ROUND_UP = 5
SC_ALLOCATE_LARGEST_REMAINDER = 1
SC_ALLOCATE_FLOOR_THEN_FIRST = 2
SC_ALLOCATE_FLOOR_THEN_LAST = 3
SC_ALLOCATE_ROUND_THEN_FIRST = 4
SC_ALLOCATE_LAST_GETS_REST = 5
SC_PRICE_PERCENT = 1
SC_PRICE_IF_WAS = 2
SC_PRICE_IF_VERSION = 4
SC_PRICE_IF_CURRENCY = 8
SC_ATTEMPT_PREPARED = 1
SC_ATTEMPT_NEEDS_STEP = 2
SC_ATTEMPT_CAPTURED = 3
SC_ATTEMPT_DECLINED = 4
SC_ATTEMPT_VOIDED = 5
SC_ATTEMPT_REFUNDING = 6
SC_ATTEMPT_REFUNDED = 7
SC_TENDER_PROVIDER = 0
SC_TENDER_GIFT_CARD = 1
SC_TENDER_CREDIT = 2
SC_PRICE_HALF_UP = 0
SC_PRICE_HALF_AWAY = 1
SC_PRICE_HALF_EVEN = 2
SC_PRICE_DOWN = 3
SC_PRICE_UP = 4
SC_PRICE_POSITIVE = 0
SC_PRICE_SIGNED = 1
SC_PRICE_LARGEST_REMAINDER = 0
SC_PRICE_FLOOR_THEN_FIRST = 1
SC_PRICE_FLOOR_THEN_LAST = 2
SC_PRICE_ROUND_THEN_FIRST = 3
SC_PRICE_LAST_GETS_REST = 4
SC_PRICE_WEIGHTS_LISTED = 0
SC_PRICE_WEIGHTS_GROSS = 1
SC_PRICE_TAX_LINE = 0
SC_PRICE_TAX_UNIT = 1
SC_PRICE_TAX_ORDER = 2
SC_PRICE_SPLIT_NET = 0
SC_PRICE_SPLIT_TAX = 1
SC_PRICE_COMBINE_SUM = 0
SC_PRICE_COMBINE_EACH = 1
SC_PRICE_TAX_OWN = 0
SC_PRICE_TAX_WEIGHTED = 1
SC_PROMOTION_PERCENTAGE = 0
SC_PROMOTION_FIXED = 1
SC_PROMOTION_FIXED_PRICE = 2
SC_PROMOTION_FREE = 3
SC_PROMOTION_BUY_X_GET_Y = 4
SC_PROMOTION_BUNDLE = 5
SC_PROMOTION_ITEMS = 0
SC_PROMOTION_ORDER = 1
SC_PROMOTION_SHIPPING = 2
SC_PROMOTION_ORDER_AND_SHIPPING = 3
SC_PROMOTION_DEFAULT = 0
SC_PROMOTION_EACH_UNIT = 1
SC_PROMOTION_EACH_LINE = 2
SC_PROMOTION_ACROSS = 3
SC_PROMOTION_CHEAPEST_UNIT_ONCE = 4
SC_PROMOTION_RUNNING = 0
SC_PROMOTION_ORIGINAL = 1
SC_PROMOTION_BASIS_ORIGINAL = 0
SC_PROMOTION_BASIS_DISCOUNTED = 1
SC_PROMOTION_DEAREST = 0
SC_PROMOTION_CHEAPEST = 1
SC_PROMOTION_NO_TIERS = 0
SC_PROMOTION_BY_QUANTITY = 1
SC_PROMOTION_BY_SUBTOTAL = 2
SC_PRICE_EXPLAIN = 1
SC_PRICE_BEST = 2
SC_PRICE_UNITS = 4
SC_PROMOTION_APPLIED = 0
SC_PROMOTION_NO_COUPON = 1
SC_PROMOTION_MIN_SUBTOTAL = 2
SC_PROMOTION_MIN_QUANTITY = 3
SC_PROMOTION_SKU_MISSING = 4
SC_PROMOTION_NOT_FIRST_ORDER = 5
SC_PROMOTION_OTHER_GROUP = 6
SC_PROMOTION_OTHER_COUNTRY = 7
SC_PROMOTION_TOO_EARLY = 8
SC_PROMOTION_TOO_LATE = 9
SC_PROMOTION_OTHER_WEEKDAY = 10
SC_PROMOTION_NOT_ENOUGH_BOUGHT = 11
SC_PROMOTION_NOTHING_MATCHES = 12
SC_PROMOTION_NOTHING_LEFT = 13
SC_PROMOTION_EXCLUDED = 14
SC_PROMOTION_NOT_CHOSEN = 15
SC_PRICE_PART_LINE = 0
SC_PRICE_PART_SHIPPING = 1
SC_PRICE_PART_FEE = 2
SC_PRICE_PART_ORDER = 3
SC_PRICE_STEP_PRICE = 0
SC_PRICE_STEP_DISCOUNT = 1
SC_PRICE_STEP_SHARE = 2
SC_PRICE_STEP_NET = 3
SC_PRICE_STEP_TAX = 4
SC_ORDER_PENDING = 1
SC_ORDER_CONFIRMED = 2
SC_ORDER_PAYMENT_FAILED = 3
SC_ORDER_CANCELLED = 4
SC_PAID_OPEN = 1
SC_PAID_NONE_DUE = 2
SC_PAID_CAPTURED = 3
SC_PAID_FAILED = 4
SC_PAID_REFUNDING = 5
SC_PAID_REFUNDED = 6
SC_FULFILMENT_WAITING = 1
SC_FULFILMENT_SHIPPED = 2
SC_FULFILMENT_DELIVERED = 3
SC_FULFILMENT_CALLED_OFF = 4
SC_STATUS_PENDING = 1
SC_STATUS_PAYMENT_FAILED = 2
SC_STATUS_CONFIRMED = 3
SC_STATUS_SHIPPED = 4
SC_STATUS_DELIVERED = 5
SC_STATUS_CANCELLED = 6
SC_MACHINE_ORDER = 1
SC_MACHINE_PAYMENT = 2
SC_MACHINE_FULFILMENT = 3
SC_MACHINE_ATTEMPT = 4
SC_COUPON_IN_ALL = 1
SC_COUPON_OF_CUSTOMER = 2
SC_COUPON_OF_PERIOD = 3
SC_COUPON_OF_CODE = 4
SC_PRICE_CHOSEN = 0
SC_PRICE_OTHER_SKU = 1
SC_PRICE_OTHER_CURRENCY = 2
SC_PRICE_OTHER_GROUP = 3
SC_PRICE_OTHER_CHANNEL = 4
SC_PRICE_NOT_YET = 5
SC_PRICE_OVER = 6
SC_PRICE_TOO_FEW = 7
SC_PRICE_LESS_SPECIFIC = 8
SC_PRICE_LOWER_PRIORITY = 9
SC_PRICE_LOWER_TIER = 10
SC_PRICE_DEARER = 11
SC_PRICE_LISTED_LATER = 12
SC_PRICE_OVERRIDDEN = 13
SC_SHIPPING_FLAT = 0
SC_SHIPPING_BY_WEIGHT = 1
SC_SHIPPING_BY_SUBTOTAL = 2
SC_SHIPPING_BY_ITEM = 3
SC_OFFER_PRICE_UP = 1
SC_OFFER_PRICE_DOWN = 2
SC_OFFER_NOT_FOR_SALE = 3
SC_OFFER_SHORT_STOCK = 4
SC_OFFER_LINE_NEW = 5
SC_OFFER_LINE_GONE = 6
SC_OFFER_QUANTITY = 7
SC_OFFER_PROMOTION = 8
SC_OFFER_COUPON = 9
SC_OFFER_SHIPPING = 10
SC_OFFER_TAX = 11
SC_OFFER_TOTAL_UP = 12
SC_OFFER_TOTAL_DOWN = 13
SC_OFFER_FEE = 14
SC_COUPON_APPLIED = 0
SC_COUPON_UNKNOWN = 1
SC_COUPON_TOO_EARLY = 2
SC_COUPON_TOO_LATE = 3
SC_COUPON_USED_UP = 4
SC_COUPON_CUSTOMER_USED_UP = 5
SC_COUPON_PERIOD_USED_UP = 6
SC_COUPON_CODE_USED = 7
SC_COUPON_DOUBLED = 8
SC_COUPON_NOT_MET = 9
SC_GATE_PASSED = 1
SC_GATE_REFUSED = 2
SC_GATE_UNSURE = 3
SC_RULE_PROMOTION = 1
SC_RULE_COUPON = 2
SC_RULE_TAX = 3
SC_RULE_SHIPPING = 4
SC_RULE_PRICE = 5
SC_RULE_POLICY = 6
SC_RULE_FEE = 7
SC_FAULT_NONE = 0
SC_FAULT_FAIL = 1
SC_FAULT_UNKNOWN_DONE = 2
SC_FAULT_UNKNOWN_NOT_DONE = 3
SC_FAULT_LATE = 4
SC_FAULT_DIE_BEFORE = 5
SC_FAULT_DIE_AFTER = 6
SC_FAULTS = 7
SC_FAULTY_LOAD = 0
SC_FAULTY_RANGE = 1
SC_FAULTY_APPLY = 2
SC_FAULTY_RESOLVE = 3
SC_FAULTY_EXPIRE = 4
SC_FAULTY_LOG = 5
SC_FAULTY_START = 6
SC_FAULTY_FINISH = 7
SC_FAULTY_OPS = 8
SC_RESERVE_SPLIT = 1
SC_LEDGER_CAPTURE = 1
SC_LEDGER_REFUND = 2
SC_LEDGER_RETURN = 3
SC_LEDGER_GRANT = 4
SC_KEEPS_CATALOG = 1
SC_KEEPS_CARTS = 2
SC_KEEPS_STOCK = 4
SC_ROW_ID = 1
SC_ROW_CLAIM = 2
SC_ROW_HOLD = 3
SC_ROW_ACCOUNT = 4
SC_ROW_RECORD = 5
SC_ROW_KEEP = 0
SC_ROW_INSERT = 1
SC_ROW_UPDATE = 2
SC_ROW_DELETE = 3
SC_ROW_COLUMNS = 1
SC_ROW_BODY = 2
SC_ROW_PERSONAL = 4
SC_ROW_COUNTERS = 8
SC_ROW_STATE = 16
SC_ROW_LIFETIME = 32
SC_ROW_MADE_BY = 64
SC_ROW_ALL = 127
SC_POSTGRES_COMBINED = 0
SC_POSTGRES_PESSIMISTIC = 1
SC_POSTGRES_OPTIMISTIC = 2
SC_REFUND_REQUESTED = 1
SC_REFUND_DONE = 2
SC_REFUND_FAILED = 3
SC_SHORTAGE_REPORT = 0
SC_SHORTAGE_CANCEL_UNITS = 1
SC_SHORTAGE_CANCEL_ORDERS = 2
SC_SQLITE_COMBINED = 0
SC_SQLITE_PESSIMISTIC = 1
SC_SQLITE_OPTIMISTIC = 2
SC_DESCRIPTOR_SUBMITTED = 1
SC_DESCRIPTOR_DONE = 2
SC_TRACED_LOAD = 0
SC_TRACED_RANGE = 1
SC_TRACED_APPLY = 2
SC_TRACED_RESOLVE = 3
SC_TRACED_EXPIRE = 4
SC_TRACED_LOG_READ = 5
SC_TRACED_LOG_OF = 6
SC_TRACED_LOG_TRIM = 7
SC_TRACED_NOW = 8
SC_TRACED_PREPARE = 9
SC_TRACED_START = 10
SC_TRACED_FINISH = 11
SC_TRACED_WEBHOOK = 12
SC_TRACED_OPS = 13
SC_DAMAGE_ON_HAND_OFF = 1
SC_DAMAGE_HELD_OFF = 2
SC_DAMAGE_COMMITTED_OFF = 3
SC_DAMAGE_MOVEMENT_MISSING = 4
SC_DAMAGE_MOVEMENT_DOUBLED = 5
SC_DAMAGE_MOVEMENT_ALTERED = 6
SC_DAMAGE_CHAIN_BROKEN = 7
SC_DAMAGE_ORDER_WITHOUT_HOLD = 8
SC_DAMAGE_HOLD_WITHOUT_ORDER = 9
SC_DAMAGE_HOLD_PAST_ORDER = 10
SC_DAMAGE_HOLD_PAST_DEADLINE = 11
SC_DAMAGE_HELD_SUM_OFF = 12
SC_DAMAGE_COMMITTED_SUM_OFF = 13
SC_DAMAGE_ORDER_ALTERED = 14
SC_DAMAGE_HOLD_UNREADABLE = 15
SC_DAMAGE_HOLD_MISSING = 16
SC_DAMAGE_SAFETY_OFF = 17
SC_DAMAGE_LEDGER_UNEVEN = 18
SC_DAMAGE_LEDGER_OFF = 19
SC_DAMAGE_PAYMENT_MISSING = 20
SC_MEND_NONE = 0
SC_MEND_COUNTERS = 1
SC_MEND_BASELINE = 2
SC_MEND_RELEASED = 3
SC_MEND_RESTORED = 4
SC_MEND_SEALED = 5
SC_CONFORMANCE_PASSED = 1
SC_CONFORMANCE_FAILED = 2
SC_CONFORMANCE_SKIPPED = 3
SC_FAKE_WEBHOOK_FIRST = 1
SC_FAKE_WEBHOOK_TWICE = 2
SC_FAKE_WEBHOOK_SHUFFLED = 4
SC_BACKED_BEHIND_MAX_MS = 60000
SC_CART_KEYS_MAX = 16
SC_CART_COUPONS_MAX = 10
SC_PERCENT_MILLI_MIN = -100000
SC_PERCENT_MILLI_MAX = 1000000
SC_PRICE_STEP_MAX = 1000000000
SC_PRICE_LINE_MAX = 65536
SC_CATEGORY_DEPTH_MAX = 64
SC_OFFER_NO_LINE = 4294967295
SC_CONFIG_SIZE_MAX = 65536
SC_CONFIG_LINE_MAX = 1024
SC_CONFIG_SECRET_MAX = 256
SC_COUPON_CODE_MAX = 96
SC_COUPON_TRIES_MAX = 20
SC_COUPON_TRIES_MS = 600000
SC_CREDIT_ALL = 9223372036854775807
SC_NEVER = 9223372036854775807
SC_GIFT_CARD_CODE_MIN = 16
SC_GIFT_CARD_CODE_MAX = 64
SC_GIFT_CARDS_MAX = 8
SC_ID_TEXT_SIZE = 37
SC_NOT_TRACKED = -9223372036854775808
SC_KEY_OPERATION_MAX = 48
SC_ID_TEXT_MAX = 128
SC_NAME_MAX = 512
SC_DESCRIPTION_MAX = 65536
SC_ATTRIBUTE_NAME_MAX = 128
SC_ATTRIBUTE_VALUE_MAX = 16384
SC_NOTE_MAX = 2048
SC_ADDRESS_FIELD_MAX = 256
SC_EMAIL_MAX = 254
SC_ATTRIBUTES_MAX = 256
SC_CATEGORIES_MAX = 32
SC_IMAGES_MAX = 64
SC_SKUS_PER_PRODUCT_MAX = 1000
SC_CART_LINES_MAX = 500
SC_LINE_OPTIONS_MAX = 16
SC_RESERVATION_LINES_MAX = 1000
SC_SOURCES_MAX = 64
SC_PAYMENT_ATTEMPTS_MAX = 20
SC_REFUNDS_MAX = 100
SC_PAGE_MAX = 1000
SC_BATCH_MAX = 10000
SC_SUBMITTED_MAX = 1000000
SC_QUANTITY_MAX = 1000000000
SC_AMOUNT_MAX = 1000000000000000
SC_KEY_MAX = 320
SC_COLUMNS_MAX = 12
SC_COLUMN_BYTES_MAX = 512
SC_BODY_MAX = 1048576
SC_GROUP_CHANGES_MAX = 10000
SC_JSON_DEPTH_MAX = 64
SC_MIXED_PARTS_MAX = 3
SC_CURRENCY_SIZE = 4
SC_MONEY_TEXT_SIZE = 32
SC_TENDER_FIRST = 101
SC_TENDERS_MAX = 9
SC_CACHE_KEY_MAX = 4096
SC_PROVIDER_REF_MAX = 128
SC_TOKEN_MAX = 256
SC_STEP_URL_MAX = 512
SC_DECLINE_CODE_MAX = 64
SC_INDEX_COLUMNS_MAX = 4
SC_FLOOR_NONE = -9223372036854775808
SC_NO_LINE = 4294967295
SC_PARTITIONS_MANY = 4294967295
SC_RATE_PERCENT = 1000000
SC_RATE_ONE = 100000000
SC_RATE_SUM_MAX = 1000000000
SC_PRICE_LINES_MAX = 10000
SC_PRICE_PROMOTIONS_MAX = 1000
SC_PRICE_RATES_MAX = 16
SC_PRICE_SHIPPING_MAX = 100
SC_PRICE_FEES_MAX = 100
SC_PRICE_TAXES_MAX = 256
SC_PRICE_TOTAL_MAX = 400000000000000000
SC_REDIS_DOMAINS_MAX = 1024
SC_RULE_COUPONS_MAX = 10000
SC_RULE_TAXES_MAX = 10000
SC_RULE_SHIPPING_MAX = 1000
SC_RULE_SIZE_MAX = 65536
SC_SHARDS_MAX = 16
SC_SHARD_NAME_MAX = 31
SC_SHARD_LOCATIONS_MAX = 1024
SC_QUOTE_KEY_SIZE = 32
SC_QUOTE_KEYS_MAX = 8
SC_STRIPE_TOLERANCE_MS = 300000
SC_STRIPE_WEBHOOK_SECRETS_MAX = 4
SC_STRIPE_SIGNATURES_MAX = 16
SC_TESTKIT_START_MS = 1735689600000
SC_SIM_WORLD = 0
SC_SIM_PROCESSES_MAX = 8
SC_TOKEN_SCOPES_MAX = 512
SC_TOKEN_NOTE_MAX = 512


# Structs that only the library looks into.


class sc_json(Structure):
    pass


class sc_shop(Structure):
    pass


class sc_catalog_import(Structure):
    pass


class sc_prices_file(Structure):
    pass


class sc_price_rules(Structure):
    pass


class sc_verify(Structure):
    pass


class sc_worker(Structure):
    pass


class sc_testkit_env(Structure):
    pass


class sc_fake_gateway(Structure):
    pass


class sc_sim(Structure):
    pass


# Structs, and the types of the functions that ports are made of.


class sc_bytes(Structure):
    _fields_ = [("data", c_void_p), ("size", c_size_t)]


class sc_mutex(Structure):
    _fields_ = [("opaque", c_uint64 * 8)]


class sc_parker(Structure):
    _fields_ = [("opaque", c_uint64 * 16)]

sc_env_resize = CFUNCTYPE(c_void_p, c_void_p, c_void_p, c_size_t)
sc_env_wall_ms = CFUNCTYPE(c_int64, c_void_p)
sc_env_mono_ns = CFUNCTYPE(c_int64, c_void_p)
sc_env_random = CFUNCTYPE(None, c_void_p, c_void_p, c_size_t)
sc_env_log = CFUNCTYPE(None, c_void_p, c_int, c_char_p)
sc_env_mutex_init = CFUNCTYPE(c_bool, c_void_p, POINTER(sc_mutex))
sc_env_mutex_clear = CFUNCTYPE(None, c_void_p, POINTER(sc_mutex))
sc_env_mutex_lock = CFUNCTYPE(None, c_void_p, POINTER(sc_mutex))
sc_env_mutex_unlock = CFUNCTYPE(None, c_void_p, POINTER(sc_mutex))
sc_env_parker_init = CFUNCTYPE(c_bool, c_void_p, POINTER(sc_parker))
sc_env_parker_clear = CFUNCTYPE(None, c_void_p, POINTER(sc_parker))
sc_env_park = CFUNCTYPE(c_bool, c_void_p, POINTER(sc_parker), c_int64)
sc_env_unpark = CFUNCTYPE(None, c_void_p, POINTER(sc_parker))

class sc_env(Structure):
    _fields_ = [
        ("size", c_size_t), ("ctx", c_void_p), ("resize", sc_env_resize), ("wall_ms", sc_env_wall_ms),
        ("mono_ns", sc_env_mono_ns), ("random", sc_env_random), ("log", sc_env_log), ("mutex_init", sc_env_mutex_init),
        ("mutex_clear", sc_env_mutex_clear), ("mutex_lock", sc_env_mutex_lock), ("mutex_unlock", sc_env_mutex_unlock),
        ("parker_init", sc_env_parker_init), ("parker_clear", sc_env_parker_clear), ("park", sc_env_park),
        ("unpark", sc_env_unpark)]


class sc_arena(Structure):
    _fields_ = [
        ("env", POINTER(sc_env)), ("newest", c_void_p), ("at", POINTER(c_char)), ("end", POINTER(c_char)),
        ("borrowed", POINTER(c_char)), ("borrowed_size", c_size_t), ("used", c_size_t), ("limit", c_size_t),
        ("reserved", c_uint64 * 2)]


class sc_call(Structure):
    _fields_ = [
        ("size", c_size_t), ("kind", c_int), ("actor", c_char_p), ("key", c_char_p), ("deadline_ns", c_int64),
        ("freshness_ms", c_int64), ("trace", c_char_p), ("reserved", c_uint64 * 4)]


class sc_error(Structure):
    _fields_ = [
        ("status", c_int), ("index", c_int32), ("field", c_char * 64), ("wanted", c_int64), ("available", c_int64),
        ("text", c_char * 160), ("reserved", c_uint64 * 4)]


class sc_id(Structure):
    _fields_ = [("bytes", c_uint8 * 16)]


class sc_address(Structure):
    _fields_ = [
        ("key", POINTER(c_char)), ("sub", POINTER(c_char)), ("key_size", c_uint16), ("sub_size", c_uint16),
        ("kind", c_uint16), ("reserved", c_uint16)]


class sc_value(Structure):
    _fields_ = [("type", c_uint32), ("reserved", c_uint32), ("number", c_int64), ("bytes", sc_bytes)]


class sc_column(Structure):
    _fields_ = [("name", c_char_p), ("type", c_uint32), ("reserved", c_uint32)]


class sc_index(Structure):
    _fields_ = [("name", c_char_p), ("columns", c_uint8 * 4), ("count", c_uint8), ("reserved", c_uint8 * 7)]


class sc_kind(Structure):
    _fields_ = [
        ("number", c_uint16), ("kind_class", c_uint16), ("route", c_uint16), ("shape", c_uint16), ("flags", c_uint32),
        ("column_count", c_uint32), ("index_count", c_uint32), ("name", c_char_p), ("columns", POINTER(sc_column)),
        ("indexes", POINTER(sc_index)), ("owner", c_char_p), ("reserved", c_uint64 * 2)]


class sc_counters(Structure):
    _fields_ = [("on_hand", c_int64), ("held", c_int64), ("committed", c_int64), ("floor", c_int64)]


class sc_hold_line(Structure):
    _fields_ = [
        ("sources", POINTER(sc_address)), ("source_count", c_uint32), ("flags", c_uint32), ("quantity", c_int64),
        ("limit", c_int64), ("reserved", c_uint64 * 2)]


class sc_take(Structure):
    _fields_ = [("account", sc_address), ("quantity", c_int64), ("line", c_uint32), ("reserved", c_uint32)]


class sc_commit_part(Structure):
    _fields_ = [("line", c_uint32), ("reserved", c_uint32), ("quantity", c_int64)]


class sc_change(Structure):
    _fields_ = [
        ("address", sc_address), ("type", c_uint16), ("condition", c_uint16), ("flags", c_uint32),
        ("version", c_uint64), ("columns", POINTER(sc_value)), ("column_count", c_uint32), ("column_mask", c_uint32),
        ("body", sc_bytes), ("personal", sc_bytes), ("counters", sc_counters), ("lines", POINTER(sc_hold_line)),
        ("parts", POINTER(sc_commit_part)), ("line_count", c_uint32), ("part_count", c_uint32), ("ttl_ms", c_int64),
        ("lifetime_ms", c_int64), ("topic", sc_bytes), ("reserved", c_uint64 * 4)]


class sc_group(Structure):
    _fields_ = [
        ("id", sc_id), ("home", c_uint16), ("reserved0", c_uint16), ("flags", c_uint32), ("epoch", c_uint64),
        ("changes", POINTER(sc_change)), ("count", c_uint32), ("reserved1", c_uint32), ("reserved", c_uint64 * 2)]


class sc_after(Structure):
    _fields_ = [("account", sc_address), ("counters", sc_counters)]


class sc_outcome(Structure):
    _fields_ = [
        ("status", c_int), ("flags", c_uint32), ("change", c_uint32), ("line", c_uint32), ("wanted", c_int64),
        ("available", c_int64), ("position", c_uint64), ("time_ms", c_int64), ("takes", POINTER(sc_take)),
        ("take_capacity", c_uint32), ("take_count", c_uint32), ("after", POINTER(sc_after)),
        ("after_capacity", c_uint32), ("after_count", c_uint32), ("arena", POINTER(sc_arena)),
        ("reserved", c_uint64 * 3)]


class sc_record(Structure):
    _fields_ = [
        ("address", sc_address), ("version", c_uint64), ("entry", c_uint64), ("columns", POINTER(sc_value)),
        ("body", sc_bytes), ("personal", sc_bytes), ("expires_ms", c_int64), ("counters", sc_counters),
        ("deadline_ms", c_int64), ("made_by", sc_id), ("hold_state", c_uint32), ("shape", c_uint32),
        ("reserved", c_uint64 * 2)]


class sc_range(Structure):
    _fields_ = [
        ("kind", c_uint16), ("index", c_int16), ("flags", c_uint32), ("key", sc_bytes), ("equal", POINTER(sc_value)),
        ("equal_count", c_uint32), ("limit", c_uint32), ("low", sc_value), ("high", sc_value), ("cursor", sc_bytes),
        ("mask", c_uint32), ("reserved0", c_uint32), ("reserved", c_uint64 * 2)]


class sc_page(Structure):
    _fields_ = [("records", POINTER(sc_record)), ("count", c_size_t), ("next", sc_bytes), ("reserved", c_uint64 * 2)]


class sc_entry(Structure):
    _fields_ = [
        ("position", c_uint64), ("previous", c_uint64), ("subject", sc_address), ("time_ms", c_int64),
        ("group", sc_id), ("type", c_uint32), ("partition", c_uint32), ("delta", sc_counters), ("after", sc_counters),
        ("cause", sc_address), ("topic", sc_bytes), ("body", sc_bytes), ("version", c_uint64),
        ("reserved", c_uint64 * 2)]


class sc_store_info(Structure):
    _fields_ = [
        ("size", c_size_t), ("name", c_char_p), ("durability", c_uint32), ("partitions", c_uint32),
        ("incarnation", sc_id), ("groups_max", c_uint32), ("parallel_applies", c_uint32), ("wants_combiner", c_bool),
        ("remembers_ms", c_int64), ("reserved", c_uint64 * 4)]


class sc_group_ref(Structure):
    _fields_ = [("id", sc_id), ("home", sc_address)]


class sc_made(Structure):
    _fields_ = [
        ("bytes", sc_bytes), ("rows", POINTER(sc_address)), ("ranges", POINTER(sc_range)), ("row_count", c_uint32),
        ("range_count", c_uint32), ("absent", c_bool), ("reserved", c_uint8 * 7)]

sc_recall_make = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), c_void_p, POINTER(c_size_t), c_size_t, POINTER(sc_arena), POINTER(sc_made),
    POINTER(sc_error))

class sc_recall(Structure):
    _fields_ = [
        ("subject", sc_address), ("form", c_uint32), ("reserved0", c_uint32), ("make", sc_recall_make),
        ("maker", c_void_p), ("reserved", c_uint64 * 2)]

sc_store_ops_info = CFUNCTYPE(c_int, c_void_p, POINTER(sc_store_info), POINTER(sc_error))
sc_store_ops_prepare = CFUNCTYPE(c_int, c_void_p, POINTER(sc_call), POINTER(sc_error))
sc_store_ops_place = CFUNCTYPE(c_uint64, c_void_p, POINTER(sc_address))
sc_store_ops_load = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_address), c_size_t, c_uint32, POINTER(sc_arena), POINTER(sc_record),
    POINTER(sc_error))
sc_store_ops_range = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_range), c_size_t, POINTER(sc_arena), POINTER(sc_page),
    POINTER(sc_error))
sc_store_ops_apply = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_group), c_size_t, POINTER(sc_outcome), POINTER(sc_error))
sc_store_ops_resolve = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_group_ref), c_size_t, c_bool, POINTER(sc_outcome), POINTER(sc_error))
sc_store_ops_expire = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), c_size_t, POINTER(c_size_t), POINTER(c_int64), POINTER(sc_error))
sc_store_ops_log_read = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), c_uint32, c_uint64, c_size_t, POINTER(sc_arena), POINTER(sc_entry),
    POINTER(c_size_t), POINTER(sc_error))
sc_store_ops_log_of = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_address), c_uint64, c_size_t, POINTER(sc_arena), POINTER(sc_entry),
    POINTER(c_size_t), POINTER(sc_error))
sc_store_ops_log_trim = CFUNCTYPE(c_int, c_void_p, POINTER(sc_call), c_uint32, c_uint64, POINTER(sc_error))
sc_store_ops_log_wait = CFUNCTYPE(c_int, c_void_p, POINTER(c_int), POINTER(sc_error))
sc_store_ops_now = CFUNCTYPE(c_int, c_void_p, POINTER(sc_call), POINTER(c_int64), POINTER(sc_error))
sc_store_ops_close = CFUNCTYPE(None, c_void_p)
sc_store_ops_partition = CFUNCTYPE(c_uint32, c_void_p, POINTER(sc_address))
sc_store_ops_recall = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_recall), c_size_t, POINTER(sc_arena), POINTER(sc_bytes),
    POINTER(sc_error))

class sc_store_ops(Structure):
    _fields_ = [
        ("size", c_size_t), ("name", c_char_p), ("info", sc_store_ops_info), ("prepare", sc_store_ops_prepare),
        ("place", sc_store_ops_place), ("load", sc_store_ops_load), ("range", sc_store_ops_range),
        ("apply", sc_store_ops_apply), ("resolve", sc_store_ops_resolve), ("expire", sc_store_ops_expire),
        ("log_read", sc_store_ops_log_read), ("log_of", sc_store_ops_log_of), ("log_trim", sc_store_ops_log_trim),
        ("log_wait", sc_store_ops_log_wait), ("now", sc_store_ops_now), ("close", sc_store_ops_close),
        ("partition", sc_store_ops_partition), ("recall", sc_store_ops_recall)]


class sc_store(Structure):
    _fields_ = [("ops", POINTER(sc_store_ops)), ("ctx", c_void_p)]


class sc_hold_take(Structure):
    _fields_ = [("take", sc_take), ("committed", c_int64)]


class sc_backed_options(Structure):
    _fields_ = [("size", c_size_t), ("behind_ms", c_int64), ("patience_ms", c_int64), ("reserved", c_uint64 * 4)]


class sc_backed_counts(Structure):
    _fields_ = [
        ("behind", c_uint64), ("removed", c_uint64), ("restored", c_uint64), ("from_record", c_uint64),
        ("failures", c_uint64), ("waiting", c_uint64), ("oldest_ms", c_uint64), ("reserved", c_uint64 * 5)]


class sc_cache_item(Structure):
    _fields_ = [("key", sc_bytes), ("value", sc_bytes), ("ttl_ms", c_int64), ("reserved", c_uint64 * 2)]

sc_cache_ops_get = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_bytes), c_size_t, POINTER(sc_arena), POINTER(sc_bytes),
    POINTER(sc_error))
sc_cache_ops_put = CFUNCTYPE(c_int, c_void_p, POINTER(sc_call), POINTER(sc_cache_item), c_size_t, POINTER(sc_error))
sc_cache_ops_close = CFUNCTYPE(None, c_void_p)

class sc_cache_ops(Structure):
    _fields_ = [
        ("size", c_size_t), ("name", c_char_p), ("get", sc_cache_ops_get), ("put", sc_cache_ops_put),
        ("close", sc_cache_ops_close)]


class sc_cache(Structure):
    _fields_ = [("ops", POINTER(sc_cache_ops)), ("ctx", c_void_p)]


class sc_cached_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("ttl_ms", c_int64), ("absent_ms", c_int64), ("follow_ms", c_int64),
        ("patience_ms", c_int64), ("reserved", c_uint64 * 4)]


class sc_cached_counts(Structure):
    _fields_ = [
        ("hits", c_uint64), ("misses", c_uint64), ("outdated", c_uint64), ("waited", c_uint64), ("passed", c_uint64),
        ("given_up", c_uint64), ("failures", c_uint64), ("age_sum_ms", c_uint64), ("age_max_ms", c_uint64),
        ("reserved", c_uint64 * 5)]


class sc_json_writer(Structure):
    _fields_ = [
        ("arena", POINTER(sc_arena)), ("text", POINTER(c_char)), ("size", c_size_t), ("room", c_size_t),
        ("objects", c_uint64), ("depth", c_uint32), ("status", c_int), ("pretty", c_bool), ("some", c_bool),
        ("keyed", c_bool), ("reserved", c_uint64 * 2)]


class sc_json_options(Structure):
    _fields_ = [("size", c_size_t), ("size_max", c_size_t), ("depth_max", c_uint32), ("name", c_char_p)]


class sc_event(Structure):
    _fields_ = [
        ("incarnation", sc_id), ("partition", c_uint32), ("reserved0", c_uint32), ("position", c_uint64),
        ("time_ms", c_int64), ("subject", sc_address), ("topic", sc_bytes), ("body", sc_bytes),
        ("reserved", c_uint64 * 4)]

sc_event_sink_ops_publish = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_event), c_size_t, POINTER(c_size_t), POINTER(sc_error))
sc_event_sink_ops_close = CFUNCTYPE(None, c_void_p)

class sc_event_sink_ops(Structure):
    _fields_ = [
        ("size", c_size_t), ("name", c_char_p), ("publish", sc_event_sink_ops_publish),
        ("close", sc_event_sink_ops_close)]


class sc_event_sink(Structure):
    _fields_ = [("ops", POINTER(sc_event_sink_ops)), ("ctx", c_void_p)]


class sc_gateway_request(Structure):
    _fields_ = [
        ("attempt", sc_id), ("order", sc_id), ("op", c_uint32), ("reserved0", c_uint32), ("amount_minor", c_int64),
        ("currency", c_char * 4), ("token", c_char_p), ("provider_ref", c_char_p), ("target", sc_id),
        ("reserved", c_uint64 * 4)]


class sc_gateway_reply(Structure):
    _fields_ = [
        ("attempt", sc_id), ("order", sc_id), ("status", c_int), ("state", c_uint32), ("amount_minor", c_int64),
        ("provider_ref", c_char * 129), ("step_url", c_char * 513), ("decline_code", c_char * 65),
        ("reserved", c_uint64 * 4)]


class sc_gateway_event(Structure):
    _fields_ = [("event_id", c_char * 129), ("about", sc_gateway_reply)]

sc_gateway_ops_start = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_gateway_request), c_size_t, POINTER(c_size_t), POINTER(sc_error))
sc_gateway_ops_finish = CFUNCTYPE(
    c_int, c_void_p, c_size_t, c_int64, POINTER(sc_gateway_reply), POINTER(c_size_t), POINTER(sc_error))
sc_gateway_ops_webhook = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), sc_bytes, c_char_p, POINTER(sc_gateway_event), POINTER(sc_error))
sc_gateway_ops_close = CFUNCTYPE(None, c_void_p)

class sc_gateway_ops(Structure):
    _fields_ = [
        ("size", c_size_t), ("name", c_char_p), ("start", sc_gateway_ops_start), ("finish", sc_gateway_ops_finish),
        ("webhook", sc_gateway_ops_webhook), ("close", sc_gateway_ops_close)]


class sc_gateway(Structure):
    _fields_ = [("ops", POINTER(sc_gateway_ops)), ("ctx", c_void_p)]


class sc_notice(Structure):
    _fields_ = [
        ("id", sc_id), ("topic", c_char_p), ("to", c_char_p), ("subject", c_char_p), ("text", c_char_p),
        ("order", sc_id), ("reserved", c_uint64 * 4)]

sc_notifier_ops_send = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_notice), c_size_t, POINTER(c_int), POINTER(sc_error))
sc_notifier_ops_close = CFUNCTYPE(None, c_void_p)

class sc_notifier_ops(Structure):
    _fields_ = [
        ("size", c_size_t), ("name", c_char_p), ("send", sc_notifier_ops_send), ("close", sc_notifier_ops_close)]


class sc_notifier(Structure):
    _fields_ = [("ops", POINTER(sc_notifier_ops)), ("ctx", c_void_p)]


class sc_search_document(Structure):
    _fields_ = [
        ("id", c_char_p), ("version", c_uint64), ("name", c_char_p), ("brand", c_char_p), ("description", c_char_p),
        ("categories", POINTER(c_char_p)), ("attributes", POINTER(c_char_p)), ("skus", POINTER(c_char_p)),
        ("category_count", c_size_t), ("attribute_count", c_size_t), ("sku_count", c_size_t), ("price_minor", c_int64),
        ("currency", c_char * 4), ("rating_milli", c_int32), ("popularity", c_int64), ("reserved", c_uint64 * 4)]


class sc_search_query(Structure):
    _fields_ = [
        ("size", c_size_t), ("words", c_char_p), ("category", c_char_p), ("offset", c_uint32), ("limit", c_uint32),
        ("reserved", c_uint64 * 4)]


class sc_search_hit(Structure):
    _fields_ = [("id", c_char_p), ("score", c_double)]


class sc_search_result(Structure):
    _fields_ = [
        ("hits", POINTER(sc_search_hit)), ("count", c_size_t), ("total", c_uint64), ("total_is_floor", c_bool),
        ("reserved", c_uint64 * 2)]

sc_search_ops_index = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_search_document), c_size_t, POINTER(sc_error))
sc_search_ops_query = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_search_query), POINTER(sc_arena), POINTER(sc_search_result),
    POINTER(sc_error))
sc_search_ops_position = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(c_uint8), POINTER(c_uint64), POINTER(sc_error))
sc_search_ops_follow = CFUNCTYPE(c_int, c_void_p, POINTER(sc_call), POINTER(c_uint8), c_uint64, POINTER(sc_error))
sc_search_ops_reset = CFUNCTYPE(c_int, c_void_p, POINTER(sc_call), POINTER(sc_error))
sc_search_ops_maintain = CFUNCTYPE(c_int, c_void_p, POINTER(sc_call), c_int64, POINTER(sc_error))
sc_search_ops_close = CFUNCTYPE(None, c_void_p)

class sc_search_ops(Structure):
    _fields_ = [
        ("size", c_size_t), ("name", c_char_p), ("index", sc_search_ops_index), ("query", sc_search_ops_query),
        ("position", sc_search_ops_position), ("follow", sc_search_ops_follow), ("reset", sc_search_ops_reset),
        ("maintain", sc_search_ops_maintain), ("close", sc_search_ops_close)]


class sc_search_index(Structure):
    _fields_ = [("ops", POINTER(sc_search_ops)), ("ctx", c_void_p)]


class sc_quote_key(Structure):
    _fields_ = [("id", c_uint32), ("bytes", c_uint8 * 32)]


class sc_shop_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("env", POINTER(sc_env)), ("store_url", c_char_p), ("store", sc_store),
        ("gateway", sc_gateway), ("search", sc_search_index), ("notifier", sc_notifier), ("events", sc_event_sink),
        ("volatile_ok", c_bool), ("currency", c_char * 4), ("hold_ttl_ms", c_int64), ("cart_lifetime_ms", c_int64),
        ("quote_ttl_ms", c_int64), ("key_lifetime_ms", c_int64), ("payment_patience_ms", c_int64),
        ("payment_resume_ms", c_int64), ("payment_attempts_max", c_uint32), ("lapsed_policy", c_uint32),
        ("tax_rate_ppm", c_int64), ("tax_included", c_bool), ("shipping_flat_minor", c_int64),
        ("quote_keys", POINTER(sc_quote_key)), ("quote_key_count", c_size_t), ("locations", POINTER(c_char_p)),
        ("location_count", c_uint32), ("split_lines", c_uint32), ("hold_on_add_ms", c_int64), ("low_stock", c_int64),
        ("cart_line_units_max", c_int64), ("cart_units_max", c_int64), ("cart_lines_max", c_uint32),
        ("submitted_max", c_uint32), ("coupon_policy", c_uint32), ("reserved0", c_uint32), ("reserved", c_uint64 * 1)]


class sc_tick_bound(Structure):
    _fields_ = [("size", c_size_t), ("items", c_uint32), ("time_ms", c_int64), ("reserved", c_uint64 * 2)]


class sc_tick_report(Structure):
    _fields_ = [
        ("size", c_size_t), ("holds_expired", c_uint64), ("checkouts_resumed", c_uint64), ("events_relayed", c_uint64),
        ("products_indexed", c_uint64), ("notices_sent", c_uint64), ("duties_failed", c_uint32),
        ("reserved0", c_uint32), ("next_due_ms", c_int64), ("wait_ms", c_int64), ("reserved", c_uint64 * 4)]


class sc_line_option(Structure):
    _fields_ = [("name", c_char_p), ("value", c_char_p)]


class sc_cart_line(Structure):
    _fields_ = [
        ("id", sc_id), ("sku", c_char_p), ("quantity", c_int64), ("price_seen_minor", c_int64), ("added_ms", c_int64),
        ("options", POINTER(sc_line_option)), ("option_count", c_uint32), ("reserved0", c_uint32),
        ("reserved", c_uint64 * 2)]


class sc_cart_coupon(Structure):
    _fields_ = [("code", c_char_p), ("coupon", c_char_p)]


class sc_cart(Structure):
    _fields_ = [
        ("owner", c_char_p), ("version", c_uint64), ("currency", c_char * 4), ("lines", POINTER(sc_cart_line)),
        ("line_count", c_size_t), ("changed_ms", c_int64), ("expires_ms", c_int64), ("note", c_char_p),
        ("saved", POINTER(sc_cart_line)), ("saved_count", c_size_t), ("coupons", POINTER(sc_cart_coupon)),
        ("coupon_count", c_size_t), ("reserved", c_uint64 * 3)]


class sc_cart_ref(Structure):
    _fields_ = [("owner", c_char_p), ("version", c_uint64)]


class sc_cart_item(Structure):
    _fields_ = [
        ("sku", c_char_p), ("quantity", c_int64), ("options", POINTER(sc_line_option)), ("option_count", c_uint32),
        ("reserved0", c_uint32)]


class sc_cart_quantity(Structure):
    _fields_ = [("line", sc_id), ("quantity", c_int64)]


class sc_cart_leftover(Structure):
    _fields_ = [("sku", c_char_p), ("quantity", c_int64), ("reason", c_int), ("reserved0", c_uint32), ("line", sc_id)]


class sc_cart_merge_report(Structure):
    _fields_ = [
        ("cart", sc_cart), ("units_moved", c_int64), ("leftovers", POINTER(sc_cart_leftover)),
        ("leftover_count", c_size_t), ("reserved", c_uint64 * 2)]


class sc_cart_page(Structure):
    _fields_ = [("carts", POINTER(sc_cart)), ("count", c_size_t), ("next", sc_bytes), ("reserved", c_uint64 * 2)]


class sc_attribute(Structure):
    _fields_ = [("name", c_char_p), ("text", c_char_p), ("type", c_uint32), ("reserved", c_uint32)]


class sc_image(Structure):
    _fields_ = [("url", c_char_p), ("alt", c_char_p)]


class sc_sku(Structure):
    _fields_ = [
        ("sku", c_char_p), ("product", c_char_p), ("seller", c_char_p), ("name", c_char_p), ("price_minor", c_int64),
        ("currency", c_char * 4), ("withdrawn", c_bool), ("options", POINTER(sc_attribute)),
        ("option_count", c_size_t), ("version", c_uint64), ("reserved", c_uint64 * 4)]


class sc_product(Structure):
    _fields_ = [
        ("id", c_char_p), ("name", c_char_p), ("brand", c_char_p), ("description", c_char_p), ("seller", c_char_p),
        ("attributes", POINTER(sc_attribute)), ("categories", POINTER(c_char_p)), ("images", POINTER(sc_image)),
        ("skus", POINTER(sc_sku)), ("attribute_count", c_size_t), ("category_count", c_size_t),
        ("image_count", c_size_t), ("sku_count", c_size_t), ("rating_milli", c_int32), ("reserved0", c_uint32),
        ("rating_count", c_int64), ("popularity", c_int64), ("version", c_uint64), ("reserved", c_uint64 * 4)]


class sc_category(Structure):
    _fields_ = [
        ("id", c_char_p), ("name", c_char_p), ("parent", c_char_p), ("position", c_int64), ("version", c_uint64),
        ("reserved", c_uint64 * 2)]


class sc_catalog_page(Structure):
    _fields_ = [("cursor", sc_bytes), ("limit", c_uint32), ("reserved", c_uint32)]


class sc_product_list(Structure):
    _fields_ = [("products", POINTER(sc_product)), ("count", c_size_t), ("next", sc_bytes), ("reserved", c_uint64 * 2)]


class sc_category_list(Structure):
    _fields_ = [
        ("categories", POINTER(sc_category)), ("count", c_size_t), ("next", sc_bytes), ("reserved", c_uint64 * 2)]


class sc_product_outcome(Structure):
    _fields_ = [("effect", c_uint32), ("reserved", c_uint32), ("version", c_uint64), ("error", sc_error)]

sc_export_options_write = CFUNCTYPE(c_int, c_void_p, c_void_p, c_size_t, POINTER(sc_error))

class sc_export_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("format", c_uint32), ("page", c_uint32), ("write", sc_export_options_write),
        ("ctx", c_void_p), ("reserved", c_uint64 * 4)]


class sc_export_summary(Structure):
    _fields_ = [
        ("categories", c_uint64), ("products", c_uint64), ("skus", c_uint64), ("bytes", c_uint64),
        ("reserved", c_uint64 * 4)]


class sc_import_row(Structure):
    _fields_ = [
        ("line", c_uint64), ("sku", c_char_p), ("effect", c_uint32), ("status", c_int), ("field", c_char_p),
        ("text", c_char_p)]

sc_import_options_on_row = CFUNCTYPE(None, c_void_p, POINTER(sc_import_row))

class sc_import_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("map", sc_bytes), ("batch_lines", c_uint32), ("line_max", c_uint32),
        ("on_row", sc_import_options_on_row), ("ctx", c_void_p), ("format", c_uint32), ("restart", c_uint32),
        ("resume", c_char_p), ("reserved", c_uint64 * 4)]


class sc_import_summary(Structure):
    _fields_ = [
        ("lines", c_uint64), ("created", c_uint64), ("changed", c_uint64), ("unchanged", c_uint64),
        ("rejected", c_uint64), ("resumed_at", c_uint64), ("reserved", c_uint64 * 2)]


class sc_price_change(Structure):
    _fields_ = [
        ("sku", c_char_p), ("flags", c_uint32), ("percent_milli", c_int32), ("price_minor", c_int64),
        ("was_minor", c_int64), ("version", c_uint64), ("currency", c_char * 4), ("reserved0", c_uint32),
        ("reserved", c_uint64 * 3)]


class sc_price_outcome(Structure):
    _fields_ = [
        ("status", c_int), ("currency", c_char * 4), ("before_minor", c_int64), ("after_minor", c_int64),
        ("version", c_uint64), ("error", sc_error)]


class sc_prices_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("dry_run", c_uint32), ("rounding", c_uint32), ("step_minor", c_int64),
        ("reserved", c_uint64 * 4)]


class sc_prices_row(Structure):
    _fields_ = [("line", c_uint64), ("sku", c_char_p), ("outcome", POINTER(sc_price_outcome))]

sc_prices_file_options_on_row = CFUNCTYPE(None, c_void_p, POINTER(sc_prices_row))

class sc_prices_file_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("prices", POINTER(sc_prices_options)), ("format", c_uint32), ("batch_lines", c_uint32),
        ("on_row", sc_prices_file_options_on_row), ("ctx", c_void_p), ("reserved", c_uint64 * 4)]


class sc_prices_summary(Structure):
    _fields_ = [
        ("lines", c_uint64), ("changed", c_uint64), ("unchanged", c_uint64), ("rejected", c_uint64),
        ("reserved", c_uint64 * 4)]


class sc_category_progress(Structure):
    _fields_ = [
        ("products", c_uint64), ("relisted", c_uint64), ("refused", c_uint64), ("more", c_bool),
        ("reserved", c_uint64 * 4)]


class sc_credit(Structure):
    _fields_ = [
        ("currency", c_char * 4), ("balance_minor", c_int64), ("held_minor", c_int64), ("reserved", c_uint64 * 2)]


class sc_credit_move(Structure):
    _fields_ = [
        ("time_ms", c_int64), ("amount_minor", c_int64), ("balance_minor", c_int64), ("reason", c_char_p),
        ("order", sc_id)]


class sc_gift_card_request(Structure):
    _fields_ = [
        ("size", c_size_t), ("amount_minor", c_int64), ("currency", c_char_p), ("code", c_char_p),
        ("expires_ms", c_int64), ("note", c_char_p), ("reserved", c_uint64 * 4)]


class sc_gift_card(Structure):
    _fields_ = [
        ("id", c_char_p), ("code", c_char_p), ("currency", c_char_p), ("note", c_char_p), ("ledger_id", c_char_p),
        ("issued_minor", c_int64), ("balance_minor", c_int64), ("held_minor", c_int64), ("created_ms", c_int64),
        ("expires_ms", c_int64), ("expired", c_bool), ("reserved", c_uint64 * 2)]


class sc_gift_card_use(Structure):
    _fields_ = [("code", c_char_p), ("amount_minor", c_int64)]


class sc_payment(Structure):
    _fields_ = [
        ("number", c_uint32), ("state", c_uint32), ("tender", c_uint32), ("account", c_char_p), ("attempt", c_char_p),
        ("amount_minor", c_int64), ("currency", c_char_p), ("provider_ref", c_char_p), ("step_url", c_char_p),
        ("decline_code", c_char_p), ("reserved", c_uint64 * 2)]


class sc_price_policy(Structure):
    _fields_ = [
        ("rounding", c_int), ("discount_sign", c_int), ("allocation", c_int), ("weights", c_int), ("tax_level", c_int),
        ("inclusive_split", c_int), ("tax_combine", c_int), ("reserved", c_uint32)]


class sc_price_attribute(Structure):
    _fields_ = [("name", c_char_p), ("value", c_char_p)]


class sc_price_texts(Structure):
    _fields_ = [("items", POINTER(c_char_p)), ("count", c_size_t)]


class sc_price_line(Structure):
    _fields_ = [
        ("id", c_char_p), ("sku", c_char_p), ("unit_price", c_int64), ("quantity", c_int64),
        ("tax_rates", POINTER(c_int64)), ("tax_rate_count", c_size_t), ("tax_inclusive", c_bool),
        ("already_discounted", c_bool), ("tax_compound", c_bool), ("tax_exempt", c_bool),
        ("floor_unit_price", c_int64), ("category", c_char_p), ("brand", c_char_p), ("seller", c_char_p),
        ("attributes", POINTER(sc_price_attribute)), ("attribute_count", c_size_t), ("categories", sc_price_texts)]


class sc_price_shipping(Structure):
    _fields_ = [
        ("code", c_char_p), ("amount", c_int64), ("tax_rates", POINTER(c_int64)), ("tax_rate_count", c_size_t),
        ("tax_inclusive", c_bool), ("tax_mode", c_int), ("reserved", c_uint64 * 2)]


class sc_price_fee(Structure):
    _fields_ = [
        ("code", c_char_p), ("amount", c_int64), ("tax_rates", POINTER(c_int64)), ("tax_rate_count", c_size_t),
        ("tax_inclusive", c_bool), ("reserved", c_uint64 * 2)]


class sc_promotion_tier(Structure):
    _fields_ = [("from", c_int64), ("value", c_int64)]


class sc_promotion_conditions(Structure):
    _fields_ = [
        ("min_subtotal", c_int64), ("min_quantity", c_int64), ("contains_sku", c_char_p), ("basis", c_int),
        ("first_order", c_bool), ("weekdays", c_uint8), ("customer_group", c_char_p), ("country", c_char_p),
        ("from_ms", c_int64), ("until_ms", c_int64), ("reserved", c_uint64 * 2)]


class sc_promotion(Structure):
    _fields_ = [
        ("id", c_char_p), ("type", c_int), ("target", c_int), ("allocation", c_int), ("base", c_int),
        ("value", c_int64), ("max_quantity", c_int64), ("cap", c_int64), ("priority", c_int32), ("exclusive", c_bool),
        ("exclude_discounted", c_bool), ("coupon", c_char_p), ("group", c_char_p), ("group_cap", c_int64),
        ("skus", sc_price_texts), ("categories", sc_price_texts), ("brands", sc_price_texts),
        ("sellers", sc_price_texts), ("attribute", sc_price_attribute), ("conditions", sc_promotion_conditions),
        ("buy_skus", sc_price_texts), ("get_skus", sc_price_texts), ("buy_quantity", c_int64),
        ("get_quantity", c_int64), ("repeats", c_int64), ("choice", c_int), ("tiered", c_int),
        ("tiers", POINTER(sc_promotion_tier)), ("tier_count", c_size_t), ("reserved", c_uint64 * 4)]


class sc_price_buyer(Structure):
    _fields_ = [
        ("coupons", sc_price_texts), ("customer_group", c_char_p), ("country", c_char_p), ("first_order", c_bool),
        ("utc_offset_s", c_int32), ("reserved", c_uint64 * 2)]


class sc_price_request(Structure):
    _fields_ = [
        ("size", c_size_t), ("currency", c_char * 4), ("flags", c_uint32), ("policy", sc_price_policy),
        ("lines", POINTER(sc_price_line)), ("line_count", c_size_t), ("rules", POINTER(sc_price_rules)),
        ("shipping", POINTER(sc_price_shipping)), ("shipping_count", c_size_t), ("fees", POINTER(sc_price_fee)),
        ("fee_count", c_size_t), ("time_ms", c_int64), ("buyer", sc_price_buyer)]


class sc_price_run(Structure):
    _fields_ = [("count", c_int64), ("discount", c_int64)]


class sc_priced_line(Structure):
    _fields_ = [
        ("id", c_char_p), ("sku", c_char_p), ("unit_price", c_int64), ("quantity", c_int64), ("net", c_int64),
        ("gross", c_int64), ("tax", c_int64), ("discount", c_int64), ("units", POINTER(sc_price_run)),
        ("unit_runs", c_size_t)]


class sc_priced_charge(Structure):
    _fields_ = [("code", c_char_p), ("net", c_int64), ("gross", c_int64), ("tax", c_int64), ("discount", c_int64)]


class sc_promotion_share(Structure):
    _fields_ = [("is_shipping", c_bool), ("index", c_uint32), ("amount", c_int64)]


class sc_priced_promotion(Structure):
    _fields_ = [
        ("id", c_char_p), ("reason", c_int), ("wanted", c_int64), ("available", c_int64), ("discount", c_int64),
        ("shares", POINTER(sc_promotion_share)), ("share_count", c_size_t)]


class sc_priced_tax(Structure):
    _fields_ = [("rate", c_int64), ("base", c_int64), ("amount", c_int64)]


class sc_price_step(Structure):
    _fields_ = [
        ("kind", c_int), ("part", c_int), ("index", c_uint32), ("promotion", c_int32), ("base", c_int64),
        ("numerator", c_int64), ("denominator", c_int64), ("amount", c_int64), ("units", c_int64), ("rounding", c_int),
        ("rounded", c_bool), ("adjusted", c_bool)]


class sc_breakdown(Structure):
    _fields_ = [
        ("currency", c_char * 4), ("flags", c_uint32), ("items_net", c_int64), ("items_gross", c_int64),
        ("items_discount", c_int64), ("shipping_net", c_int64), ("shipping_gross", c_int64),
        ("shipping_discount", c_int64), ("discount_total", c_int64), ("tax_included", c_int64),
        ("tax_excluded", c_int64), ("tax_total", c_int64), ("total_net", c_int64), ("total_gross", c_int64),
        ("lines", POINTER(sc_priced_line)), ("line_count", c_size_t), ("shipping", POINTER(sc_priced_charge)),
        ("shipping_count", c_size_t), ("fees", POINTER(sc_priced_charge)), ("fee_count", c_size_t),
        ("promotions", POINTER(sc_priced_promotion)), ("promotion_count", c_size_t), ("taxes", POINTER(sc_priced_tax)),
        ("tax_count", c_size_t), ("steps", POINTER(sc_price_step)), ("step_count", c_size_t),
        ("reserved", c_uint64 * 4)]


class sc_price_comparison(Structure):
    _fields_ = [
        ("before", sc_breakdown), ("after", sc_breakdown), ("net", c_int64), ("tax", c_int64), ("gross", c_int64),
        ("discount", c_int64)]


class sc_machine_move(Structure):
    _fields_ = [("from", c_uint32), ("to", c_uint32), ("event", c_char_p)]


class sc_order_line(Structure):
    _fields_ = [
        ("id", c_char_p), ("sku", c_char_p), ("product", c_char_p), ("seller", c_char_p), ("name", c_char_p),
        ("quantity", c_int64), ("unit_price_minor", c_int64), ("discount_minor", c_int64), ("tax_minor", c_int64),
        ("total_minor", c_int64), ("options", POINTER(sc_line_option)), ("option_count", c_size_t),
        ("units", POINTER(sc_price_run)), ("unit_runs", c_size_t), ("cancelled", c_int64)]


class sc_coupon_use(Structure):
    _fields_ = [
        ("scope", c_uint32), ("reset", c_bool), ("whom", c_char_p), ("limit", c_int64), ("lifetime_ms", c_int64)]


class sc_order_coupon(Structure):
    _fields_ = [
        ("code", c_char_p), ("coupon", c_char_p), ("discount_minor", c_int64), ("uses", POINTER(sc_coupon_use)),
        ("use_count", c_size_t), ("reserved", c_uint64 * 2)]


class sc_order_promotion(Structure):
    _fields_ = [("id", c_char_p), ("discount_minor", c_int64)]


class sc_order_tax(Structure):
    _fields_ = [("rate", c_int64), ("net_minor", c_int64), ("tax_minor", c_int64)]


class sc_order_fee(Structure):
    _fields_ = [("code", c_char_p), ("amount_minor", c_int64), ("tax_minor", c_int64), ("reserved", c_uint64 * 2)]


class sc_order_tender(Structure):
    _fields_ = [("kind", c_uint32), ("account", c_char_p), ("amount_minor", c_int64)]


class sc_postal_address(Structure):
    _fields_ = [
        ("name", c_char_p), ("company", c_char_p), ("line1", c_char_p), ("line2", c_char_p), ("postal_code", c_char_p),
        ("city", c_char_p), ("region", c_char_p), ("country", c_char_p), ("phone", c_char_p)]


class sc_order_event(Structure):
    _fields_ = [("time_ms", c_int64), ("topic", c_char_p), ("cause", c_char_p), ("actor", c_char_p)]


class sc_shipment(Structure):
    _fields_ = [("carrier", c_char_p), ("tracking", c_char_p), ("shipped_ms", c_int64)]


class sc_order(Structure):
    _fields_ = [
        ("id", c_char_p), ("owner", c_char_p), ("state", c_uint32), ("paid", c_uint32), ("fulfilment", c_uint32),
        ("status", c_uint32), ("version", c_uint64), ("created_ms", c_int64), ("currency", c_char_p),
        ("goods_minor", c_int64), ("discount_minor", c_int64), ("shipping_minor", c_int64), ("fees_minor", c_int64),
        ("tax_minor", c_int64), ("total_minor", c_int64), ("lines", POINTER(sc_order_line)), ("line_count", c_size_t),
        ("promotions", POINTER(sc_order_promotion)), ("promotion_count", c_size_t),
        ("coupons", POINTER(sc_order_coupon)), ("coupon_count", c_size_t), ("taxes", POINTER(sc_order_tax)),
        ("tax_count", c_size_t), ("fees", POINTER(sc_order_fee)), ("fee_count", c_size_t),
        ("tenders", POINTER(sc_order_tender)), ("tender_count", c_size_t), ("erased", c_bool), ("email", c_char_p),
        ("shipping", sc_postal_address), ("billing", sc_postal_address), ("shipment", sc_shipment),
        ("payments", POINTER(sc_payment)), ("payment_count", c_size_t), ("history", POINTER(sc_order_event)),
        ("history_count", c_size_t), ("reserved", c_uint64 * 4)]


class sc_order_page(Structure):
    _fields_ = [("orders", POINTER(sc_order)), ("count", c_size_t), ("next", c_char_p)]


class sc_price_entry(Structure):
    _fields_ = [
        ("list", c_char_p), ("sku", c_char_p), ("currency", c_char * 4), ("customer_group", c_char_p),
        ("channel", c_char_p), ("from_ms", c_int64), ("until_ms", c_int64), ("min_quantity", c_int64),
        ("priority", c_int32), ("sale", c_bool), ("tax_inclusive", c_bool), ("amount", c_int64),
        ("compare_at", c_int64), ("reserved", c_uint64 * 2)]


class sc_price_query(Structure):
    _fields_ = [
        ("sku", c_char_p), ("currency", c_char * 4), ("customer_group", c_char_p), ("channel", c_char_p),
        ("quantity", c_int64), ("time_ms", c_int64), ("override_amount", c_int64), ("override_reason", c_char_p)]


class sc_price_choice(Structure):
    _fields_ = [
        ("entry", c_int32), ("unit_price", c_int64), ("compare_at", c_int64), ("on_sale", c_bool),
        ("tax_inclusive", c_bool), ("reason", c_char_p), ("verdicts", POINTER(c_int))]


class sc_tax_rule(Structure):
    _fields_ = [
        ("country", c_char_p), ("region", c_char_p), ("postal_prefix", c_char_p), ("tax_class", c_char_p),
        ("rate", c_int64), ("level", c_uint32), ("compound", c_bool), ("reserved", c_uint64 * 2)]


class sc_tax_query(Structure):
    _fields_ = [
        ("country", c_char_p), ("region", c_char_p), ("postal", c_char_p), ("tax_class", c_char_p),
        ("home_country", c_char_p), ("exempt", c_bool), ("business", c_bool)]


class sc_tax_choice(Structure):
    _fields_ = [
        ("rates", POINTER(c_int64)), ("rules", POINTER(c_uint32)), ("count", c_size_t), ("compound", c_bool),
        ("exempt", c_bool)]


class sc_shipping_bracket(Structure):
    _fields_ = [("up_to", c_int64), ("amount", c_int64)]


class sc_shipping_rate(Structure):
    _fields_ = [
        ("code", c_char_p), ("kind", c_int), ("country", c_char_p), ("region", c_char_p), ("amount", c_int64),
        ("additional", c_int64), ("max_units", c_int64), ("free_from", c_int64),
        ("brackets", POINTER(sc_shipping_bracket)), ("bracket_count", c_size_t), ("reserved", c_uint64 * 2)]


class sc_shipping_query(Structure):
    _fields_ = [
        ("country", c_char_p), ("region", c_char_p), ("subtotal", c_int64), ("weight_g", c_int64), ("units", c_int64)]


class sc_shipping_offer(Structure):
    _fields_ = [("rate", c_uint32), ("code", c_char_p), ("amount", c_int64)]


class sc_exchange_rate(Structure):
    _fields_ = [
        ("from", c_char * 4), ("to", c_char * 4), ("numerator", c_int64), ("denominator", c_int64),
        ("time_ms", c_int64)]


class sc_converted(Structure):
    _fields_ = [("amount", c_int64), ("rate", sc_exchange_rate)]


class sc_offer_change(Structure):
    _fields_ = [
        ("kind", c_uint32), ("line", c_uint32), ("sku", c_char_p), ("was", c_int64), ("now", c_int64),
        ("field", c_char_p), ("what", c_char_p)]


class sc_quote_coupon(Structure):
    _fields_ = [
        ("code", c_char_p), ("coupon", c_char_p), ("verdict", c_uint32), ("reason", c_uint32), ("promotion", c_char_p),
        ("wanted", c_int64), ("available", c_int64), ("discount_minor", c_int64), ("text", c_char_p)]


class sc_quote_price(Structure):
    _fields_ = [("list", c_char_p), ("compare_at_minor", c_int64), ("on_sale", c_bool), ("reserved", c_uint64 * 2)]


class sc_quote(Structure):
    _fields_ = [
        ("currency", c_char_p), ("lines", POINTER(sc_order_line)), ("prices", POINTER(sc_quote_price)),
        ("line_count", c_size_t), ("goods_minor", c_int64), ("discount_minor", c_int64), ("shipping_minor", c_int64),
        ("fees_minor", c_int64), ("tax_minor", c_int64), ("total_minor", c_int64),
        ("breakdown", POINTER(sc_breakdown)), ("changes", POINTER(sc_offer_change)), ("change_count", c_size_t),
        ("needs_consent", c_bool), ("token", c_char_p), ("expires_ms", c_int64), ("coupons", POINTER(sc_quote_coupon)),
        ("coupon_count", c_size_t), ("promotions", POINTER(sc_order_promotion)), ("promotion_count", c_size_t),
        ("taxes", POINTER(sc_order_tax)), ("tax_count", c_size_t), ("fees", POINTER(sc_order_fee)),
        ("fee_count", c_size_t), ("offers", POINTER(sc_shipping_offer)), ("offer_count", c_size_t),
        ("shipping_rate", c_char_p), ("reserved", c_uint64 * 4)]


class sc_quote_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("country", c_char_p), ("region", c_char_p), ("postal_code", c_char_p),
        ("shipping_rate", c_char_p), ("customer_group", c_char_p), ("channel", c_char_p), ("email", c_char_p),
        ("business", c_bool), ("tax_exempt", c_bool), ("utc_offset_s", c_int32), ("reserved", c_uint64 * 4)]


class sc_checkout_request(Structure):
    _fields_ = [
        ("size", c_size_t), ("quote", c_char_p), ("payment_token", c_char_p), ("email", c_char_p),
        ("shipping", sc_postal_address), ("billing", sc_postal_address), ("consent", c_bool), ("business", c_bool),
        ("tax_exempt", c_bool), ("utc_offset_s", c_int32), ("customer_group", c_char_p), ("channel", c_char_p),
        ("shipping_rate", c_char_p), ("gift_cards", POINTER(sc_gift_card_use)), ("gift_card_count", c_size_t),
        ("credit_minor", c_int64), ("reserved", c_uint64 * 4)]


class sc_placement(Structure):
    _fields_ = [
        ("order_id", c_char_p), ("currency", c_char_p), ("total_minor", c_int64), ("due_minor", c_int64),
        ("placed_ms", c_int64), ("json", POINTER(c_char)), ("json_size", c_size_t), ("reserved", c_uint64 * 4)]


class sc_gate_claim(Structure):
    _fields_ = [
        ("account", sc_address), ("group", sc_id), ("quantity", c_int64), ("available", c_int64),
        ("verdict", c_uint32), ("reserved", c_uint32), ("reserved1", c_uint64 * 2)]


class sc_gate_level(Structure):
    _fields_ = [("known", c_bool), ("left", c_int64), ("open", c_int64), ("upto", c_uint64), ("reserved", c_uint64 * 2)]

sc_gate_ops_follow = CFUNCTYPE(c_int, c_void_p, POINTER(sc_call), sc_id, POINTER(sc_error))
sc_gate_ops_claim = CFUNCTYPE(c_int, c_void_p, POINTER(sc_call), POINTER(sc_gate_claim), c_size_t, POINTER(sc_error))
sc_gate_ops_give = CFUNCTYPE(c_int, c_void_p, POINTER(sc_call), POINTER(sc_gate_claim), c_size_t, POINTER(sc_error))
sc_gate_ops_sweep = CFUNCTYPE(c_int, c_void_p, POINTER(sc_call), c_int64, POINTER(c_size_t), POINTER(sc_error))
sc_gate_ops_fed = CFUNCTYPE(c_int, c_void_p, POINTER(sc_call), POINTER(c_uint64), POINTER(sc_error))
sc_gate_ops_feed = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_entry), c_size_t, c_uint64, POINTER(sc_error))
sc_gate_ops_level = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_address), POINTER(sc_gate_level), POINTER(sc_error))
sc_gate_ops_learn = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_address), c_int64, c_uint64, POINTER(sc_error))
sc_gate_ops_list = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(c_uint64), POINTER(sc_arena), POINTER(sc_address), c_size_t,
    POINTER(c_size_t), POINTER(sc_error))
sc_gate_ops_close = CFUNCTYPE(None, c_void_p)

class sc_gate_ops(Structure):
    _fields_ = [
        ("size", c_size_t), ("name", c_char_p), ("follow", sc_gate_ops_follow), ("claim", sc_gate_ops_claim),
        ("give", sc_gate_ops_give), ("sweep", sc_gate_ops_sweep), ("fed", sc_gate_ops_fed), ("feed", sc_gate_ops_feed),
        ("level", sc_gate_ops_level), ("learn", sc_gate_ops_learn), ("list", sc_gate_ops_list),
        ("close", sc_gate_ops_close)]


class sc_gate(Structure):
    _fields_ = [("ops", POINTER(sc_gate_ops)), ("ctx", c_void_p)]

sc_config_driver_open_store = CFUNCTYPE(c_int, POINTER(sc_env), c_char_p, POINTER(sc_store), POINTER(sc_error))
sc_config_driver_open_cache = CFUNCTYPE(c_int, POINTER(sc_env), c_char_p, POINTER(sc_cache), POINTER(sc_error))
sc_config_driver_open_gate = CFUNCTYPE(c_int, POINTER(sc_env), c_char_p, POINTER(sc_gate), POINTER(sc_error))

class sc_config_driver(Structure):
    _fields_ = [
        ("scheme", c_char_p), ("open_store", sc_config_driver_open_store), ("open_cache", sc_config_driver_open_cache),
        ("open_gate", sc_config_driver_open_gate), ("reserved", c_uint64 * 2)]


class sc_rule(Structure):
    _fields_ = [("id", c_char_p), ("document", sc_bytes), ("version", c_uint64), ("reserved", c_uint64 * 2)]


class sc_rule_page(Structure):
    _fields_ = [("rules", POINTER(sc_rule)), ("count", c_size_t), ("next", sc_bytes), ("reserved", c_uint64 * 2)]


class sc_coupon_usage(Structure):
    _fields_ = [
        ("limit", c_int64), ("used", c_int64), ("held", c_int64), ("period_limit", c_int64), ("period_used", c_int64),
        ("period_held", c_int64), ("reserved", c_uint64 * 4)]

sc_faulty_options_dies = CFUNCTYPE(None, c_void_p, c_int)

class sc_faulty_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("seed", c_uint64), ("per_million", c_uint32 * 7), ("ops", c_uint32),
        ("late_calls", c_uint32), ("dies", sc_faulty_options_dies), ("dies_ctx", c_void_p), ("reserved", c_uint64 * 4)]


class sc_gated_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("feed_ms", c_int64), ("fresh_ms", c_int64), ("claim_ms", c_int64),
        ("reserved", c_uint64 * 4)]


class sc_gated_counts(Structure):
    _fields_ = [
        ("passed", c_uint64), ("refused", c_uint64), ("unsure", c_uint64), ("returned", c_uint64),
        ("failures", c_uint64), ("fed", c_uint64), ("learned", c_uint64), ("reserved", c_uint64 * 5)]


class sc_gated_drift(Structure):
    _fields_ = [
        ("accounts", c_uint64), ("drifted", c_uint64), ("over", c_int64), ("under", c_int64), ("moving", c_uint64),
        ("repaired", c_uint64), ("reserved", c_uint64 * 4)]


class sc_stock_ref(Structure):
    _fields_ = [("sku", c_char_p), ("location", c_char_p)]


class sc_level(Structure):
    _fields_ = [
        ("sku", c_char_p), ("location", c_char_p), ("available", c_int64), ("on_hand", c_int64), ("held", c_int64),
        ("committed", c_int64), ("safety", c_int64), ("version", c_uint64), ("reserved", c_uint64 * 2)]


class sc_stock_change(Structure):
    _fields_ = [("sku", c_char_p), ("location", c_char_p), ("quantity", c_int64)]


class sc_stock_move(Structure):
    _fields_ = [("sku", c_char_p), ("from", c_char_p), ("to", c_char_p), ("quantity", c_int64)]


class sc_reserve_line(Structure):
    _fields_ = [
        ("sku", c_char_p), ("location", c_char_p), ("quantity", c_int64), ("locations", POINTER(c_char_p)),
        ("location_count", c_uint32), ("flags", c_uint32)]


class sc_reserve_request(Structure):
    _fields_ = [
        ("size", c_size_t), ("id", sc_id), ("lines", POINTER(sc_reserve_line)), ("line_count", c_size_t),
        ("ttl_ms", c_int64), ("reserved", c_uint64 * 2)]


class sc_reservation(Structure):
    _fields_ = [
        ("id", sc_id), ("state", c_uint32), ("reserved0", c_uint32), ("deadline_ms", c_int64),
        ("reserved", c_uint64 * 2)]


class sc_reservation_take(Structure):
    _fields_ = [
        ("sku", c_char_p), ("location", c_char_p), ("quantity", c_int64), ("committed", c_int64), ("line", c_uint32),
        ("reserved0", c_uint32), ("reserved", c_uint64 * 2)]


class sc_reservation_detail(Structure):
    _fields_ = [
        ("reservation", sc_reservation), ("takes", POINTER(sc_reservation_take)), ("take_count", c_size_t),
        ("reserved", c_uint64 * 2)]


class sc_movement(Structure):
    _fields_ = [
        ("position", c_uint64), ("time_ms", c_int64), ("on_hand", c_int64), ("held", c_int64), ("committed", c_int64),
        ("on_hand_after", c_int64), ("held_after", c_int64), ("committed_after", c_int64), ("reason", c_char_p),
        ("cause", sc_id), ("reserved", c_uint64 * 2)]


class sc_movement_page(Structure):
    _fields_ = [("movements", POINTER(sc_movement)), ("count", c_size_t), ("next", c_uint64)]


class sc_posting(Structure):
    _fields_ = [("account", c_char_p), ("amount_minor", c_int64)]


class sc_ledger_entry(Structure):
    _fields_ = [
        ("what", c_uint32), ("number", c_uint32), ("payment", c_uint32), ("reserved0", c_uint32),
        ("currency", c_char_p), ("postings", POINTER(sc_posting)), ("count", c_size_t), ("reserved", c_uint64 * 2)]


class sc_memory_options(Structure):
    _fields_ = [("size", c_size_t), ("remembers_ms", c_int64), ("reserved", c_uint64 * 4)]


class sc_mixed_part(Structure):
    _fields_ = [("store", sc_store), ("keeps", c_uint32), ("reserved0", c_uint32), ("reserved", c_uint64 * 2)]


class sc_provider_tuning(Structure):
    _fields_ = [
        ("size", c_size_t), ("connect_timeout_ms", c_int64), ("timeout_ms", c_int64), ("retry_first_ms", c_int64),
        ("retry_most_ms", c_int64), ("retries_max", c_uint32), ("retry_budget", c_uint32),
        ("breaker_failures", c_uint32), ("rate_per_second", c_uint32), ("breaker_ms", c_int64),
        ("requests_max", c_uint32), ("reserved0", c_uint32), ("reserved", c_uint64 * 4)]


class sc_paypal_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("url", c_char_p), ("key_file", c_char_p), ("key_fd", c_int), ("reserved0", c_uint32),
        ("webhook_id", c_char_p), ("return_url", c_char_p), ("cancel_url", c_char_p),
        ("tuning", POINTER(sc_provider_tuning)), ("reserved", c_uint64 * 4)]


class sc_stored_outcome(Structure):
    _fields_ = [
        ("status", c_int32), ("change", c_uint32), ("line", c_uint32), ("reserved", c_uint32), ("wanted", c_int64),
        ("available", c_int64), ("position", c_uint64), ("time_ms", c_int64)]


class sc_row(Structure):
    _fields_ = [
        ("type", c_uint16), ("write", c_uint16), ("changed", c_uint32), ("need", c_uint32), ("reserved0", c_uint32),
        ("id", sc_id), ("outcome", sc_stored_outcome), ("value", sc_record), ("driver", c_void_p),
        ("reserved", c_uint64 * 2)]


class sc_rows_clock(Structure):
    _fields_ = [("now_ms", c_int64), ("floor_ms", c_int64), ("attempt", c_uint32), ("reserved", c_uint32)]

sc_rows_ops_info = CFUNCTYPE(c_int, c_void_p, POINTER(sc_store_info), POINTER(sc_error))
sc_rows_ops_prepare = CFUNCTYPE(c_int, c_void_p, POINTER(sc_call), POINTER(sc_error))
sc_rows_ops_place = CFUNCTYPE(c_uint64, c_void_p, POINTER(sc_address))
sc_rows_ops_begin = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(c_void_p), POINTER(sc_rows_clock), POINTER(sc_error))
sc_rows_ops_read = CFUNCTYPE(c_int, c_void_p, POINTER(POINTER(sc_row)), c_size_t, POINTER(sc_arena), POINTER(sc_error))
sc_rows_ops_draw = CFUNCTYPE(c_int, c_void_p, c_size_t, POINTER(c_uint64), POINTER(sc_error))
sc_rows_ops_write = CFUNCTYPE(
    c_int, c_void_p, POINTER(POINTER(sc_row)), c_size_t, POINTER(sc_entry), c_size_t, POINTER(sc_error))
sc_rows_ops_commit = CFUNCTYPE(c_int, c_void_p, POINTER(sc_error))
sc_rows_ops_abort = CFUNCTYPE(None, c_void_p)
sc_rows_ops_load = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_address), c_size_t, c_uint32, POINTER(sc_arena), POINTER(sc_record),
    POINTER(c_int64), POINTER(sc_error))
sc_rows_ops_range = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_range), c_size_t, POINTER(sc_arena), POINTER(sc_page),
    POINTER(c_int64), POINTER(sc_error))
sc_rows_ops_forget = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), c_int64, c_size_t, POINTER(c_size_t), POINTER(c_int64), POINTER(sc_error))
sc_rows_ops_log_read = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), c_uint32, c_uint64, c_size_t, POINTER(sc_arena), POINTER(sc_entry),
    POINTER(c_size_t), POINTER(sc_error))
sc_rows_ops_log_of = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_call), POINTER(sc_address), c_uint64, c_size_t, POINTER(sc_arena), POINTER(sc_entry),
    POINTER(c_size_t), POINTER(sc_error))
sc_rows_ops_log_trim = CFUNCTYPE(c_int, c_void_p, POINTER(sc_call), c_uint32, c_uint64, POINTER(sc_error))
sc_rows_ops_log_wait = CFUNCTYPE(c_int, c_void_p, POINTER(c_int), POINTER(sc_error))
sc_rows_ops_now = CFUNCTYPE(c_int, c_void_p, POINTER(sc_call), POINTER(c_int64), POINTER(sc_error))
sc_rows_ops_close = CFUNCTYPE(None, c_void_p)
sc_rows_ops_commit_drawn = CFUNCTYPE(c_int, c_void_p, POINTER(c_uint64), POINTER(sc_error))

class sc_rows_ops(Structure):
    _fields_ = [
        ("size", c_size_t), ("name", c_char_p), ("info", sc_rows_ops_info), ("prepare", sc_rows_ops_prepare),
        ("place", sc_rows_ops_place), ("begin", sc_rows_ops_begin), ("read", sc_rows_ops_read),
        ("draw", sc_rows_ops_draw), ("write", sc_rows_ops_write), ("commit", sc_rows_ops_commit),
        ("abort", sc_rows_ops_abort), ("load", sc_rows_ops_load), ("range", sc_rows_ops_range),
        ("forget", sc_rows_ops_forget), ("log_read", sc_rows_ops_log_read), ("log_of", sc_rows_ops_log_of),
        ("log_trim", sc_rows_ops_log_trim), ("log_wait", sc_rows_ops_log_wait), ("now", sc_rows_ops_now),
        ("close", sc_rows_ops_close), ("commit_drawn", sc_rows_ops_commit_drawn)]


class sc_postgres_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("schema", c_char_p), ("connections", c_uint32), ("strategy", c_uint32),
        ("patience_ms", c_int64), ("remembers_ms", c_int64), ("replicas", c_char_p), ("reserved", c_uint64 * 3)]


class sc_redis_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("prefix", c_char_p), ("domains", c_uint32), ("connections", c_uint32),
        ("timeout_ms", c_int64), ("patience_ms", c_int64), ("remembers_ms", c_int64), ("reserved", c_uint64 * 4)]


class sc_refund_line(Structure):
    _fields_ = [("line", c_char_p), ("quantity", c_int64)]


class sc_refund_request(Structure):
    _fields_ = [
        ("size", c_size_t), ("lines", POINTER(sc_refund_line)), ("line_count", c_size_t), ("shipping", c_bool),
        ("rest", c_bool), ("to_credit", c_bool), ("reserved0", c_uint8), ("share_ppm", c_uint32),
        ("amount_minor", c_int64), ("reason", c_char_p), ("reserved", c_uint64 * 4)]


class sc_refund_part(Structure):
    _fields_ = [
        ("line", c_char_p), ("seller", c_char_p), ("quantity", c_int64), ("amount_minor", c_int64),
        ("tax_minor", c_int64)]


class sc_refund(Structure):
    _fields_ = [
        ("number", c_uint32), ("state", c_uint32), ("payment", c_uint32), ("to_credit", c_bool), ("cancelled", c_bool),
        ("attempt", c_char_p), ("amount_minor", c_int64), ("tax_minor", c_int64), ("shipping_minor", c_int64),
        ("currency", c_char_p), ("reason", c_char_p), ("provider_ref", c_char_p), ("decline_code", c_char_p),
        ("parts", POINTER(sc_refund_part)), ("part_count", c_size_t), ("reserved", c_uint64 * 2)]


class sc_refund_answer(Structure):
    _fields_ = [
        ("refunds", POINTER(sc_refund)), ("count", c_size_t), ("amount_minor", c_int64), ("left_minor", c_int64),
        ("reserved", c_uint64 * 2)]


class sc_search_request(Structure):
    _fields_ = [
        ("size", c_size_t), ("words", c_char_p), ("category", c_char_p), ("offset", c_uint32), ("limit", c_uint32),
        ("reserved", c_uint64 * 4)]


class sc_search_page(Structure):
    _fields_ = [
        ("products", POINTER(sc_product)), ("scores", POINTER(c_double)), ("count", c_size_t), ("total", c_uint64),
        ("total_is_floor", c_bool), ("reserved", c_uint64 * 2)]


class sc_search_progress(Structure):
    _fields_ = [("entries", c_uint64), ("products", c_uint64), ("more", c_bool), ("reserved", c_uint64 * 2)]


class sc_shard(Structure):
    _fields_ = [("name", c_char_p), ("store", sc_store), ("reserved", c_uint64 * 2)]


class sc_shard_location(Structure):
    _fields_ = [("location", c_char_p), ("shard", c_char_p)]


class sc_shortage(Structure):
    _fields_ = [
        ("sku", c_char_p), ("location", c_char_p), ("on_hand", c_int64), ("committed", c_int64), ("missing", c_int64),
        ("cancelled", c_int64), ("orders", c_uint32), ("reserved0", c_uint32), ("reserved", c_uint64 * 2)]


class sc_sqlite_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("exclusive", c_bool), ("readers", c_uint32), ("patience_ms", c_int64),
        ("remembers_ms", c_int64), ("strategy", c_uint32), ("reserved0", c_uint32), ("reserved", c_uint64 * 3)]


class sc_completion(Structure):
    _fields_ = [
        ("status", c_int), ("reserved0", c_uint32), ("ticket", c_uint64), ("err", POINTER(sc_error)),
        ("reservation", POINTER(sc_reservation)), ("placement", POINTER(sc_placement)), ("context", c_void_p),
        ("reserved", c_uint64 * 4)]


class sc_token_request(Structure):
    _fields_ = [
        ("size", c_size_t), ("kind", c_int), ("actor", c_char_p), ("scopes", c_char_p), ("note", c_char_p),
        ("ttl_ms", c_int64), ("reserved", c_uint64 * 4)]


class sc_new_token(Structure):
    _fields_ = [("id", c_char_p), ("secret", c_char_p), ("expires_ms", c_int64), ("reserved", c_uint64 * 2)]


class sc_token(Structure):
    _fields_ = [
        ("id", c_char_p), ("actor", c_char_p), ("scopes", c_char_p), ("note", c_char_p), ("created_ms", c_int64),
        ("expires_ms", c_int64), ("kind", c_int), ("expired", c_uint32), ("reserved", c_uint64 * 4)]


class sc_token_page(Structure):
    _fields_ = [("tokens", POINTER(sc_token)), ("count", c_size_t), ("next", sc_bytes), ("reserved", c_uint64 * 2)]


class sc_traced_count(Structure):
    _fields_ = [
        ("calls", c_uint64), ("items", c_uint64), ("failures", c_uint64), ("total_ns", c_int64), ("worst_ns", c_int64),
        ("reserved", c_uint64 * 3)]


class sc_traced_counts(Structure):
    _fields_ = [
        ("ops", sc_traced_count * 13), ("commits", c_uint64), ("groups_done", c_uint64), ("groups_refused", c_uint64),
        ("groups_repeated", c_uint64), ("changes", c_uint64), ("rows", c_uint64), ("reserved", c_uint64 * 8)]


class sc_finding(Structure):
    _fields_ = [
        ("damage", c_int), ("reserved0", c_uint32), ("sku", c_char_p), ("location", c_char_p), ("subject", sc_id),
        ("position", c_uint64), ("expected", c_int64), ("found", c_int64), ("reserved", c_uint64 * 2)]


class sc_verify_page(Structure):
    _fields_ = [
        ("findings", POINTER(sc_finding)), ("count", c_size_t), ("accounts", c_uint64), ("holds", c_uint64),
        ("orders", c_uint64), ("movements", c_uint64), ("finished", c_bool), ("reserved", c_uint64 * 2)]


class sc_repair(Structure):
    _fields_ = [("finding", sc_finding), ("mend", c_uint32), ("reserved0", c_uint32)]


class sc_repair_report(Structure):
    _fields_ = [
        ("repairs", POINTER(sc_repair)), ("count", c_size_t), ("mended", c_size_t), ("left", c_size_t),
        ("reserved", c_uint64 * 4)]


class sc_worker_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("bound", sc_tick_bound), ("idle_ms", c_int64), ("pause_ms", c_int64),
        ("reserved", c_uint64 * 4)]


class sc_stripe_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("url", c_char_p), ("key_file", c_char_p), ("key_fd", c_int), ("webhook_fd", c_int),
        ("webhook_secret_file", c_char_p), ("return_url", c_char_p), ("tolerance_ms", c_int64),
        ("tuning", POINTER(sc_provider_tuning)), ("reserved", c_uint64 * 4)]


class sc_conformance_result(Structure):
    _fields_ = [
        ("name", c_char_p), ("verdict", c_uint32), ("line", c_uint32), ("file", c_char_p), ("text", c_char_p),
        ("reserved", c_uint64 * 4)]


class sc_conformance_summary(Structure):
    _fields_ = [("passed", c_size_t), ("failed", c_size_t), ("skipped", c_size_t), ("reserved", c_uint64 * 2)]

sc_conformance_store_options_open = CFUNCTYPE(c_int, c_void_p, POINTER(sc_env), POINTER(sc_store), POINTER(sc_error))
sc_conformance_store_options_reopen = CFUNCTYPE(c_int, c_void_p, POINTER(sc_env), POINTER(sc_store), POINTER(sc_error))
sc_conformance_store_options_advance = CFUNCTYPE(None, c_void_p, c_int64)
sc_conformance_store_options_report = CFUNCTYPE(None, c_void_p, POINTER(sc_conformance_result))

class sc_conformance_store_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("env", POINTER(sc_env)), ("ctx", c_void_p), ("open", sc_conformance_store_options_open),
        ("reopen", sc_conformance_store_options_reopen), ("advance", sc_conformance_store_options_advance),
        ("report", sc_conformance_store_options_report), ("only", c_char_p), ("threads", c_uint32),
        ("patience_ms", c_int64), ("reserved", c_uint64 * 4)]

sc_conformance_gateway_options_open = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_env), POINTER(sc_gateway), POINTER(sc_error))
sc_conformance_gateway_options_close = CFUNCTYPE(None, c_void_p)
sc_conformance_gateway_options_take_step = CFUNCTYPE(c_int, c_void_p, sc_id, c_bool)
sc_conformance_gateway_options_next_webhook = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_arena), POINTER(sc_bytes), POINTER(c_char_p))
sc_conformance_gateway_options_kept = CFUNCTYPE(c_int64, c_void_p, sc_id)
sc_conformance_gateway_options_report = CFUNCTYPE(None, c_void_p, POINTER(sc_conformance_result))

class sc_conformance_gateway_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("env", POINTER(sc_env)), ("ctx", c_void_p), ("open", sc_conformance_gateway_options_open),
        ("close", sc_conformance_gateway_options_close), ("take_step", sc_conformance_gateway_options_take_step),
        ("next_webhook", sc_conformance_gateway_options_next_webhook), ("kept", sc_conformance_gateway_options_kept),
        ("report", sc_conformance_gateway_options_report), ("only", c_char_p), ("token_ok", c_char_p),
        ("token_declined", c_char_p), ("token_step", c_char_p), ("token_silent_charged", c_char_p),
        ("token_silent_free", c_char_p), ("look_ms", c_int64), ("reserved", c_uint64 * 3)]

sc_conformance_search_options_open = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_env), POINTER(sc_search_index), POINTER(sc_error))
sc_conformance_search_options_reopen = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_env), POINTER(sc_search_index), POINTER(sc_error))
sc_conformance_search_options_report = CFUNCTYPE(None, c_void_p, POINTER(sc_conformance_result))

class sc_conformance_search_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("env", POINTER(sc_env)), ("ctx", c_void_p), ("open", sc_conformance_search_options_open),
        ("reopen", sc_conformance_search_options_reopen), ("report", sc_conformance_search_options_report),
        ("only", c_char_p), ("reserved", c_uint64 * 4)]

sc_conformance_notifier_options_open = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_env), POINTER(sc_notifier), POINTER(sc_error))
sc_conformance_notifier_options_received = CFUNCTYPE(c_int, c_void_p, POINTER(sc_arena), POINTER(sc_bytes))
sc_conformance_notifier_options_report = CFUNCTYPE(None, c_void_p, POINTER(sc_conformance_result))

class sc_conformance_notifier_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("env", POINTER(sc_env)), ("ctx", c_void_p),
        ("open", sc_conformance_notifier_options_open), ("received", sc_conformance_notifier_options_received),
        ("report", sc_conformance_notifier_options_report), ("only", c_char_p), ("reserved", c_uint64 * 4)]

sc_conformance_sink_options_open = CFUNCTYPE(
    c_int, c_void_p, POINTER(sc_env), POINTER(sc_event_sink), POINTER(sc_error))
sc_conformance_sink_options_received = CFUNCTYPE(c_size_t, c_void_p, POINTER(c_uint64), c_size_t)
sc_conformance_sink_options_report = CFUNCTYPE(None, c_void_p, POINTER(sc_conformance_result))

class sc_conformance_sink_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("env", POINTER(sc_env)), ("ctx", c_void_p), ("open", sc_conformance_sink_options_open),
        ("received", sc_conformance_sink_options_received), ("report", sc_conformance_sink_options_report),
        ("only", c_char_p), ("reserved", c_uint64 * 4)]


class sc_fake_gateway_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("file", c_char_p), ("slow_ms", c_int64), ("reply_ms", c_int64), ("silence_ms", c_int64),
        ("webhooks", c_uint32), ("reserved0", c_uint32), ("reserved", c_uint64 * 4)]


class sc_fake_webhook(Structure):
    _fields_ = [("body", sc_bytes), ("signature", c_char_p)]


class sc_fake_booking(Structure):
    _fields_ = [
        ("attempt", sc_id), ("order", sc_id), ("state", c_uint32), ("charges", c_uint32), ("currency", c_char * 4),
        ("captured_minor", c_int64), ("refunded_minor", c_int64), ("reserved", c_uint64 * 2)]

sc_sim_options_died = CFUNCTYPE(None, c_void_p, c_uint32)
sc_sim_options_stepped = CFUNCTYPE(None, c_void_p)

class sc_sim_options(Structure):
    _fields_ = [
        ("size", c_size_t), ("seed", c_uint64), ("base", POINTER(sc_env)), ("stack_size", c_size_t),
        ("fails", c_uint32), ("unknown_done", c_uint32), ("unknown_not_done", c_uint32), ("lands_late", c_uint32),
        ("dies", c_uint32), ("died", sc_sim_options_died), ("stepped", sc_sim_options_stepped), ("ctx", c_void_p),
        ("reserved", c_uint64 * 4)]


class sc_sim_report(Structure):
    _fields_ = [
        ("steps", c_uint64), ("faults", c_uint64), ("deaths", c_uint64), ("landed", c_uint64), ("trace", c_uint64),
        ("now_ms", c_int64), ("reserved", c_uint64 * 4)]


# Every function that libshopcore exports: what it gives, and what it takes.
FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "sc_version": (c_char_p, []),
    "sc_env_default": (POINTER(sc_env), []),
    "sc_arena_init": (None, [POINTER(sc_arena), POINTER(sc_env)]),
    "sc_arena_init_buffer": (None, [POINTER(sc_arena), POINTER(sc_env), c_void_p, c_size_t]),
    "sc_arena_set_limit": (None, [POINTER(sc_arena), c_size_t]),
    "sc_arena_alloc": (c_void_p, [POINTER(sc_arena), c_size_t]),
    "sc_arena_zalloc": (c_void_p, [POINTER(sc_arena), c_size_t]),
    "sc_arena_dup": (POINTER(c_char), [POINTER(sc_arena), c_void_p, c_size_t]),
    "sc_arena_reset": (None, [POINTER(sc_arena)]),
    "sc_arena_clear": (None, [POINTER(sc_arena)]),
    "sc_call_system": (POINTER(sc_call), []),
    "sc_status_name": (c_char_p, [c_int]),
    "sc_status_text": (c_char_p, [c_int]),
    "sc_status_is_refusal": (c_bool, [c_int]),
    "sc_status_is_bad_input": (c_bool, [c_int]),
    "sc_status_is_failure": (c_bool, [c_int]),
    "sc_status_is_unknown": (c_bool, [c_int]),
    "sc_status_may_retry": (c_bool, [c_int]),
    "sc_id_make": (sc_id, [POINTER(sc_env)]),
    "sc_id_with_tail": (sc_id, [sc_id, c_uint16]),
    "sc_id_tail": (c_uint16, [sc_id]),
    "sc_id_step": (sc_id, [sc_id, c_uint32]),
    "sc_id_time_ms": (c_int64, [sc_id]),
    "sc_id_is_zero": (c_bool, [sc_id]),
    "sc_id_equal": (c_bool, [sc_id, sc_id]),
    "sc_id_format": (POINTER(c_char), [sc_id, POINTER(c_char)]),
    "sc_id_parse": (c_int, [c_char_p, POINTER(sc_id)]),
    "sc_kinds": (POINTER(sc_kind), [POINTER(c_size_t)]),
    "sc_kind_find": (POINTER(sc_kind), [c_uint16]),
    "sc_address_route": (c_uint16, [POINTER(sc_address)]),
    "sc_address_compare": (c_int, [POINTER(sc_address), POINTER(sc_address)]),
    "sc_counters_free": (c_int64, [POINTER(sc_counters)]),
    "sc_hold_takes": (c_int, [
        POINTER(sc_record), POINTER(sc_arena), POINTER(POINTER(sc_hold_take)), POINTER(c_size_t)]),
    "sc_backed_open": (c_int, [
        POINTER(sc_env), sc_store, sc_store, POINTER(sc_backed_options), POINTER(sc_store), POINTER(sc_error)]),
    "sc_backed_read": (c_int, [POINTER(sc_store), POINTER(sc_backed_counts), POINTER(sc_error)]),
    "sc_cached_open": (c_int, [
        POINTER(sc_env), sc_store, sc_cache, POINTER(sc_cached_options), POINTER(sc_store), POINTER(sc_error)]),
    "sc_cached_read": (c_int, [POINTER(sc_store), POINTER(sc_cached_counts), POINTER(sc_error)]),
    "sc_json_writer_init": (None, [POINTER(sc_json_writer), POINTER(sc_arena), c_bool]),
    "sc_json_begin_object": (None, [POINTER(sc_json_writer)]),
    "sc_json_end_object": (None, [POINTER(sc_json_writer)]),
    "sc_json_begin_array": (None, [POINTER(sc_json_writer)]),
    "sc_json_end_array": (None, [POINTER(sc_json_writer)]),
    "sc_json_put_key": (None, [POINTER(sc_json_writer), c_char_p]),
    "sc_json_put_text": (None, [POINTER(sc_json_writer), c_char_p]),
    "sc_json_put_bytes": (None, [POINTER(sc_json_writer), c_void_p, c_size_t]),
    "sc_json_put_int": (None, [POINTER(sc_json_writer), c_int64]),
    "sc_json_put_bool": (None, [POINTER(sc_json_writer), c_bool]),
    "sc_json_put_null": (None, [POINTER(sc_json_writer)]),
    "sc_json_put_number": (None, [POINTER(sc_json_writer), c_char_p]),
    "sc_json_put_raw": (None, [POINTER(sc_json_writer), sc_bytes]),
    "sc_json_add_text": (None, [POINTER(sc_json_writer), c_char_p, c_char_p]),
    "sc_json_add_int": (None, [POINTER(sc_json_writer), c_char_p, c_int64]),
    "sc_json_add_bool": (None, [POINTER(sc_json_writer), c_char_p, c_bool]),
    "sc_json_finish": (c_int, [POINTER(sc_json_writer), POINTER(sc_bytes), POINTER(sc_error)]),
    "sc_json_parse": (c_int, [
        sc_bytes, POINTER(sc_arena), POINTER(sc_json_options), POINTER(POINTER(sc_json)), POINTER(sc_error)]),
    "sc_json_type_of": (c_int, [POINTER(sc_json)]),
    "sc_json_member": (POINTER(sc_json), [POINTER(sc_json), c_char_p]),
    "sc_json_first": (POINTER(sc_json), [POINTER(sc_json)]),
    "sc_json_next": (POINTER(sc_json), [POINTER(sc_json)]),
    "sc_json_count": (c_size_t, [POINTER(sc_json)]),
    "sc_json_key": (c_char_p, [POINTER(sc_json)]),
    "sc_json_text": (sc_bytes, [POINTER(sc_json)]),
    "sc_json_int": (c_int64, [POINTER(sc_json)]),
    "sc_json_is_true": (c_bool, [POINTER(sc_json)]),
    "sc_json_get_text": (c_int, [POINTER(sc_json), c_char_p, POINTER(c_char_p), POINTER(sc_error)]),
    "sc_json_get_int": (c_int, [POINTER(sc_json), c_char_p, POINTER(c_int64), POINTER(sc_error)]),
    "sc_json_get_bool": (c_int, [POINTER(sc_json), c_char_p, POINTER(c_bool), POINTER(sc_error)]),
    "sc_json_get_array": (c_int, [POINTER(sc_json), c_char_p, POINTER(POINTER(sc_json)), POINTER(sc_error)]),
    "sc_json_get_object": (c_int, [POINTER(sc_json), c_char_p, POINTER(POINTER(sc_json)), POINTER(sc_error)]),
    "sc_json_path": (POINTER(c_char), [POINTER(sc_json), POINTER(c_char), c_size_t]),
    "sc_shop_open": (c_int, [POINTER(sc_shop_options), POINTER(POINTER(sc_shop)), POINTER(sc_error)]),
    "sc_shop_close": (None, [POINTER(sc_shop)]),
    "sc_shop_now": (c_int, [POINTER(sc_shop), POINTER(sc_call), POINTER(c_int64), POINTER(sc_error)]),
    "sc_access_table": (c_int, [POINTER(sc_arena), POINTER(c_char_p), POINTER(sc_error)]),
    "sc_shop_tick": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_tick_bound), POINTER(sc_tick_report), POINTER(sc_error)]),
    "sc_cart_get": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_arena), POINTER(sc_cart), POINTER(sc_error)]),
    "sc_cart_add": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_cart_ref), POINTER(sc_cart_item), c_size_t, POINTER(sc_arena),
        POINTER(sc_cart), POINTER(sc_error)]),
    "sc_cart_set": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_cart_ref), POINTER(sc_cart_quantity), c_size_t,
        POINTER(sc_arena), POINTER(sc_cart), POINTER(sc_error)]),
    "sc_cart_remove": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_cart_ref), POINTER(sc_id), c_size_t, POINTER(sc_arena),
        POINTER(sc_cart), POINTER(sc_error)]),
    "sc_cart_save": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_cart_ref), POINTER(sc_id), c_size_t, c_bool,
        POINTER(sc_arena), POINTER(sc_cart), POINTER(sc_error)]),
    "sc_cart_set_note": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_cart_ref), c_char_p, POINTER(sc_arena), POINTER(sc_cart),
        POINTER(sc_error)]),
    "sc_cart_merge": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_cart_ref), c_char_p, POINTER(sc_arena),
        POINTER(sc_cart_merge_report), POINTER(sc_error)]),
    "sc_cart_merge_by": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_cart_ref), c_char_p, c_int, POINTER(sc_arena),
        POINTER(sc_cart_merge_report), POINTER(sc_error)]),
    "sc_cart_list_abandoned": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_int64, c_uint32, sc_bytes, POINTER(sc_arena), POINTER(sc_cart_page),
        POINTER(sc_error)]),
    "sc_cart_write_json": (None, [POINTER(sc_json_writer), POINTER(sc_cart)]),
    "sc_product_write_json": (None, [POINTER(sc_json_writer), POINTER(sc_product)]),
    "sc_product_read_json": (c_int, [sc_bytes, POINTER(sc_arena), POINTER(sc_product), POINTER(sc_error)]),
    "sc_product_create": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_product), POINTER(c_uint64), POINTER(sc_error)]),
    "sc_product_put": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_product), POINTER(c_uint64), POINTER(sc_error)]),
    "sc_product_put_many": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_int, POINTER(sc_product), c_size_t, POINTER(sc_product_outcome),
        POINTER(sc_error)]),
    "sc_product_get": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_arena), POINTER(sc_product), POINTER(sc_error)]),
    "sc_product_get_many": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(c_char_p), c_size_t, POINTER(sc_arena), POINTER(sc_product),
        POINTER(sc_error)]),
    "sc_product_list_by_category": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_catalog_page), POINTER(sc_arena),
        POINTER(sc_product_list), POINTER(sc_error)]),
    "sc_product_delete": (c_int, [POINTER(sc_shop), POINTER(sc_call), c_char_p, c_uint64, POINTER(sc_error)]),
    "sc_sku_get": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_arena), POINTER(sc_sku), POINTER(sc_error)]),
    "sc_sku_get_many": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(c_char_p), c_size_t, POINTER(sc_arena), POINTER(sc_sku),
        POINTER(sc_error)]),
    "sc_sku_put": (c_int, [POINTER(sc_shop), POINTER(sc_call), POINTER(sc_sku), POINTER(c_uint64), POINTER(sc_error)]),
    "sc_sku_delete": (c_int, [POINTER(sc_shop), POINTER(sc_call), c_char_p, c_uint64, POINTER(sc_error)]),
    "sc_category_create": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_category), POINTER(c_uint64), POINTER(sc_error)]),
    "sc_category_get": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_arena), POINTER(sc_category), POINTER(sc_error)]),
    "sc_category_list_children": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_catalog_page), POINTER(sc_arena),
        POINTER(sc_category_list), POINTER(sc_error)]),
    "sc_catalog_export": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_export_options), POINTER(sc_export_summary), POINTER(sc_error)]),
    "sc_catalog_import_new": (c_int, [
        POINTER(sc_shop), POINTER(sc_import_options), POINTER(POINTER(sc_catalog_import)), POINTER(sc_error)]),
    "sc_catalog_import_feed": (c_int, [
        POINTER(sc_catalog_import), POINTER(sc_call), c_void_p, c_size_t, POINTER(sc_error)]),
    "sc_catalog_import_finish": (c_int, [
        POINTER(sc_catalog_import), POINTER(sc_call), POINTER(sc_import_summary), POINTER(sc_error)]),
    "sc_catalog_import_free": (None, [POINTER(sc_catalog_import)]),
    "sc_currency_exponent": (c_int, [c_char_p, POINTER(c_int)]),
    "sc_money_add": (c_int, [c_int64, c_int64, POINTER(c_int64)]),
    "sc_money_subtract": (c_int, [c_int64, c_int64, POINTER(c_int64)]),
    "sc_money_multiply": (c_int, [c_int64, c_int64, POINTER(c_int64)]),
    "sc_money_ratio": (c_int, [c_int64, c_int64, c_int64, c_int, POINTER(c_int64)]),
    "sc_money_allocate": (c_int, [c_int64, POINTER(c_int64), c_size_t, c_int, POINTER(c_int64)]),
    "sc_money_format": (c_int, [c_int64, c_char_p, POINTER(c_char)]),
    "sc_money_format_amount": (c_int, [c_int64, c_char_p, POINTER(c_char)]),
    "sc_money_parse": (c_int, [c_char_p, POINTER(c_int64), POINTER(c_char)]),
    "sc_money_parse_amount": (c_int, [c_char_p, c_char_p, POINTER(c_int64)]),
    "sc_prices_change": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_price_change), c_size_t, POINTER(sc_prices_options),
        POINTER(sc_price_outcome), POINTER(sc_error)]),
    "sc_prices_file_new": (c_int, [
        POINTER(sc_shop), POINTER(sc_prices_file_options), POINTER(POINTER(sc_prices_file)), POINTER(sc_error)]),
    "sc_prices_file_feed": (c_int, [POINTER(sc_prices_file), POINTER(sc_call), c_void_p, c_size_t, POINTER(sc_error)]),
    "sc_prices_file_finish": (c_int, [
        POINTER(sc_prices_file), POINTER(sc_call), POINTER(sc_prices_summary), POINTER(sc_error)]),
    "sc_prices_file_free": (None, [POINTER(sc_prices_file)]),
    "sc_category_put": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_category), POINTER(c_uint64), POINTER(sc_error)]),
    "sc_category_delete": (c_int, [POINTER(sc_shop), POINTER(sc_call), c_char_p, c_uint64, POINTER(sc_error)]),
    "sc_category_move": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, c_char_p, c_size_t, POINTER(sc_category_progress),
        POINTER(sc_error)]),
    "sc_credit_grant": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, c_int64, c_char_p, c_char_p, POINTER(sc_error)]),
    "sc_credit_get": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, c_char_p, POINTER(sc_credit), POINTER(sc_error)]),
    "sc_credit_list": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, c_char_p, c_uint32, POINTER(sc_arena),
        POINTER(POINTER(sc_credit_move)), POINTER(c_size_t), POINTER(sc_error)]),
    "sc_gift_card_issue": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_gift_card_request), POINTER(sc_arena), POINTER(sc_gift_card),
        POINTER(sc_error)]),
    "sc_gift_card_find": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_arena), POINTER(sc_gift_card), POINTER(sc_error)]),
    "sc_gift_card_get": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_arena), POINTER(sc_gift_card), POINTER(sc_error)]),
    "sc_gift_card_extend": (c_int, [POINTER(sc_shop), POINTER(sc_call), c_char_p, c_int64, POINTER(sc_error)]),
    "sc_payment_list": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_arena), POINTER(POINTER(sc_payment)),
        POINTER(c_size_t), POINTER(sc_error)]),
    "sc_attempt_state_name": (c_char_p, [c_uint32]),
    "sc_tender_name": (c_char_p, [c_uint32]),
    "sc_price_rules_new": (c_int, [
        POINTER(sc_env), POINTER(sc_promotion), c_size_t, POINTER(POINTER(sc_price_rules)), POINTER(sc_error)]),
    "sc_price_rules_free": (None, [POINTER(sc_price_rules)]),
    "sc_price": (c_int, [POINTER(sc_price_request), POINTER(sc_arena), POINTER(sc_breakdown), POINTER(sc_error)]),
    "sc_price_policy_preset": (c_int, [c_char_p, POINTER(sc_price_policy)]),
    "sc_price_policy_name": (c_char_p, [c_size_t]),
    "sc_price_share": (c_int, [
        c_int64, POINTER(c_int64), c_size_t, c_int, POINTER(sc_arena), POINTER(c_int64), POINTER(sc_error)]),
    "sc_price_units_paid": (c_int, [
        POINTER(sc_breakdown), c_size_t, c_int64, c_int64, POINTER(c_int64), POINTER(sc_error)]),
    "sc_price_compare": (c_int, [
        POINTER(sc_price_request), POINTER(sc_price_request), POINTER(sc_arena), POINTER(sc_price_comparison),
        POINTER(sc_error)]),
    "sc_price_explain": (c_int, [POINTER(sc_breakdown), POINTER(sc_arena), POINTER(sc_bytes), POINTER(sc_error)]),
    "sc_breakdown_write_json": (None, [POINTER(sc_json_writer), POINTER(sc_breakdown), POINTER(sc_arena)]),
    "sc_price_document": (c_int, [sc_bytes, c_uint32, POINTER(sc_arena), POINTER(sc_bytes), POINTER(sc_error)]),
    "sc_order_moves": (POINTER(sc_machine_move), [c_int, POINTER(c_size_t)]),
    "sc_order_state_name": (c_char_p, [c_int, c_uint32]),
    "sc_order_states_dot": (c_int, [c_int, POINTER(sc_arena), POINTER(c_char_p), POINTER(sc_error)]),
    "sc_order_status_of": (c_int, [c_int, c_int, c_int]),
    "sc_order_status_name": (c_char_p, [c_int]),
    "sc_order_status_table": (c_int, [POINTER(sc_arena), POINTER(c_char_p), POINTER(sc_error)]),
    "sc_order_get": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_arena), POINTER(sc_order), POINTER(sc_error)]),
    "sc_order_list": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, c_uint32, c_char_p, POINTER(sc_arena), POINTER(sc_order_page),
        POINTER(sc_error)]),
    "sc_order_write_json": (None, [POINTER(sc_json_writer), POINTER(sc_order)]),
    "sc_order_pricing": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_arena), POINTER(sc_bytes), POINTER(sc_error)]),
    "sc_order_ship": (c_int, [POINTER(sc_shop), POINTER(sc_call), c_char_p, c_char_p, c_char_p, POINTER(sc_error)]),
    "sc_order_deliver": (c_int, [POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_error)]),
    "sc_order_cancel": (c_int, [POINTER(sc_shop), POINTER(sc_call), c_char_p, c_char_p, POINTER(sc_error)]),
    "sc_order_cancel_lines": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_refund_line), c_size_t, c_char_p, POINTER(sc_arena),
        POINTER(sc_refund_answer), POINTER(sc_error)]),
    "sc_price_choose": (c_int, [
        POINTER(sc_price_entry), c_size_t, POINTER(sc_price_query), POINTER(sc_arena), POINTER(sc_price_choice),
        POINTER(sc_error)]),
    "sc_tax_choose": (c_int, [
        POINTER(sc_tax_rule), c_size_t, POINTER(sc_tax_query), POINTER(sc_arena), POINTER(sc_tax_choice),
        POINTER(sc_error)]),
    "sc_shipping_offers": (c_int, [
        POINTER(sc_shipping_rate), c_size_t, POINTER(sc_shipping_query), POINTER(sc_arena),
        POINTER(POINTER(sc_shipping_offer)), POINTER(c_size_t), POINTER(sc_error)]),
    "sc_price_convert": (c_int, [POINTER(sc_exchange_rate), c_int64, c_int, POINTER(sc_converted), POINTER(sc_error)]),
    "sc_price_round_cash": (c_int, [c_int64, c_int64, c_int, POINTER(c_int64), POINTER(sc_error)]),
    "sc_price_charm": (c_int, [c_int64, c_int64, c_int64, POINTER(c_int64), POINTER(sc_error)]),
    "sc_offer_change_name": (c_char_p, [c_uint32]),
    "sc_checkout_quote": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_quote_options), POINTER(sc_arena), POINTER(sc_quote),
        POINTER(sc_error)]),
    "sc_checkout_requote": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_quote_options), POINTER(sc_arena),
        POINTER(sc_quote), POINTER(sc_error)]),
    "sc_quote_write_json": (None, [POINTER(sc_json_writer), POINTER(sc_quote), POINTER(sc_arena)]),
    "sc_checkout_pricing": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_quote_options), POINTER(sc_arena), POINTER(sc_bytes),
        POINTER(sc_error)]),
    "sc_checkout_place": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_checkout_request), POINTER(sc_arena), POINTER(sc_placement),
        POINTER(sc_error)]),
    "sc_checkout_find": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_arena), POINTER(sc_placement), POINTER(sc_error)]),
    "sc_checkout_pay": (c_int, [POINTER(sc_shop), POINTER(sc_call), c_char_p, c_char_p, POINTER(sc_error)]),
    "sc_checkout_buy": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_checkout_request), POINTER(sc_arena), POINTER(sc_placement),
        POINTER(sc_error)]),
    "sc_checkout_webhook": (c_int, [POINTER(sc_shop), POINTER(sc_call), sc_bytes, c_char_p, POINTER(sc_error)]),
    "sc_config_open": (c_int, [
        POINTER(sc_env), sc_bytes, POINTER(sc_config_driver), c_size_t, POINTER(sc_shop_options), POINTER(sc_error)]),
    "sc_rule_put": (c_int, [POINTER(sc_shop), POINTER(sc_call), c_int, sc_bytes, POINTER(sc_error)]),
    "sc_rule_delete": (c_int, [POINTER(sc_shop), POINTER(sc_call), c_int, c_char_p, POINTER(sc_error)]),
    "sc_rule_list": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_int, c_uint32, sc_bytes, POINTER(sc_arena), POINTER(sc_rule_page),
        POINTER(sc_error)]),
    "sc_rule_kind_name": (c_char_p, [c_int]),
    "sc_coupon_add": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_cart_ref), c_char_p, POINTER(sc_arena), POINTER(sc_cart),
        POINTER(sc_error)]),
    "sc_coupon_remove": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_cart_ref), c_char_p, POINTER(sc_arena), POINTER(sc_cart),
        POINTER(sc_error)]),
    "sc_coupon_issue": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, c_int64, c_size_t, POINTER(sc_arena),
        POINTER(POINTER(c_char_p)), POINTER(sc_error)]),
    "sc_coupon_import": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(c_char_p), c_size_t, POINTER(sc_error)]),
    "sc_coupon_count": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_coupon_usage), POINTER(sc_error)]),
    "sc_faulty_open": (c_int, [
        POINTER(sc_env), sc_store, POINTER(sc_faulty_options), POINTER(sc_store), POINTER(sc_error)]),
    "sc_faulty_gateway_open": (c_int, [
        POINTER(sc_env), sc_gateway, POINTER(sc_faulty_options), POINTER(sc_gateway), POINTER(sc_error)]),
    "sc_faulty_script": (c_int, [POINTER(sc_store), c_int, c_uint32, c_int, c_int, POINTER(sc_error)]),
    "sc_faulty_gateway_script": (c_int, [POINTER(sc_gateway), c_int, c_uint32, c_int, c_int, POINTER(sc_error)]),
    "sc_faulty_land": (c_int, [POINTER(sc_store), POINTER(c_size_t), POINTER(sc_error)]),
    "sc_faulty_gateway_land": (c_int, [POINTER(sc_gateway), POINTER(c_size_t), POINTER(sc_error)]),
    "sc_faulty_chance": (c_int, [POINTER(sc_store), c_bool, POINTER(sc_error)]),
    "sc_faulty_gateway_chance": (c_int, [POINTER(sc_gateway), c_bool, POINTER(sc_error)]),
    "sc_fts5_open": (c_int, [POINTER(sc_env), c_char_p, POINTER(sc_search_index), POINTER(sc_error)]),
    "sc_gated_open": (c_int, [
        POINTER(sc_env), sc_store, sc_gate, POINTER(sc_gated_options), POINTER(sc_store), POINTER(sc_error)]),
    "sc_gated_read": (c_int, [POINTER(sc_store), POINTER(sc_gated_counts), POINTER(sc_error)]),
    "sc_gated_compare": (c_int, [
        POINTER(sc_store), POINTER(sc_call), c_bool, POINTER(sc_gated_drift), POINTER(sc_error)]),
    "sc_inventory_levels": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_stock_ref), c_size_t, POINTER(sc_arena), POINTER(sc_level),
        POINTER(sc_error)]),
    "sc_inventory_receive": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_stock_change), c_size_t, c_char_p, POINTER(sc_error)]),
    "sc_inventory_set": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_stock_change), c_size_t, c_char_p, POINTER(sc_error)]),
    "sc_inventory_adjust": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_stock_change), c_size_t, c_char_p, POINTER(sc_error)]),
    "sc_inventory_transfer": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_stock_move), c_size_t, c_char_p, POINTER(sc_error)]),
    "sc_inventory_set_safety": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_stock_change), c_size_t, c_char_p, POINTER(sc_error)]),
    "sc_inventory_reserve": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_reserve_request), POINTER(sc_reservation), POINTER(sc_error)]),
    "sc_inventory_get_reservation": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), sc_id, POINTER(sc_arena), POINTER(sc_reservation_detail),
        POINTER(sc_error)]),
    "sc_inventory_extend": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), sc_id, c_int64, POINTER(c_int64), POINTER(sc_error)]),
    "sc_inventory_commit": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), sc_id, POINTER(sc_commit_part), c_size_t, POINTER(sc_error)]),
    "sc_inventory_release": (c_int, [POINTER(sc_shop), POINTER(sc_call), sc_id, POINTER(sc_error)]),
    "sc_inventory_fulfil": (c_int, [POINTER(sc_shop), POINTER(sc_call), sc_id, POINTER(sc_error)]),
    "sc_inventory_expire": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_size_t, POINTER(c_size_t), POINTER(c_int64), POINTER(sc_error)]),
    "sc_inventory_journal": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_stock_ref), c_uint64, c_size_t, POINTER(sc_arena),
        POINTER(sc_movement_page), POINTER(sc_error)]),
    "sc_key_look": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, sc_bytes, POINTER(c_bool), POINTER(sc_error)]),
    "sc_key_note": (c_int, [POINTER(sc_shop), POINTER(sc_call), c_char_p, sc_bytes, POINTER(sc_error)]),
    "sc_ledger_list": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_arena), POINTER(POINTER(sc_ledger_entry)),
        POINTER(c_size_t), POINTER(sc_error)]),
    "sc_ledger_what_name": (c_char_p, [c_uint32]),
    "sc_memory_open": (c_int, [POINTER(sc_env), POINTER(sc_memory_options), POINTER(sc_store), POINTER(sc_error)]),
    "sc_memory_cache_open": (c_int, [POINTER(sc_env), c_int64, POINTER(sc_cache), POINTER(sc_error)]),
    "sc_mixed_open": (c_int, [
        POINTER(sc_env), sc_store, POINTER(sc_mixed_part), c_size_t, POINTER(sc_store), POINTER(sc_error)]),
    "sc_notifier_console": (c_int, [POINTER(sc_env), c_int, POINTER(sc_notifier), POINTER(sc_error)]),
    "sc_notifier_file": (c_int, [POINTER(sc_env), c_char_p, POINTER(sc_notifier), POINTER(sc_error)]),
    "sc_rows_store": (c_int, [POINTER(sc_env), POINTER(sc_rows_ops), c_void_p, POINTER(sc_store), POINTER(sc_error)]),
    "sc_entries_bound": (c_size_t, [POINTER(sc_entry), c_size_t]),
    "sc_entries_pack": (c_size_t, [POINTER(sc_entry), c_size_t, c_void_p]),
    "sc_entries_unpack": (c_int, [sc_bytes, c_uint64, c_size_t, POINTER(sc_entry), POINTER(c_size_t)]),
    "sc_refund_plan": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_refund_request), POINTER(sc_arena),
        POINTER(sc_refund_answer), POINTER(sc_error)]),
    "sc_refund_make": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_refund_request), POINTER(sc_arena),
        POINTER(sc_refund_answer), POINTER(sc_error)]),
    "sc_refund_list": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_arena), POINTER(POINTER(sc_refund)),
        POINTER(c_size_t), POINTER(sc_error)]),
    "sc_refund_state_name": (c_char_p, [c_uint32]),
    "sc_search": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_search_request), POINTER(sc_arena), POINTER(sc_search_page),
        POINTER(sc_error)]),
    "sc_search_follow": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_size_t, POINTER(sc_search_progress), POINTER(sc_error)]),
    "sc_search_rebuild": (c_int, [POINTER(sc_shop), POINTER(sc_call), POINTER(c_uint64), POINTER(sc_error)]),
    "sc_sharded_open": (c_int, [
        POINTER(sc_env), POINTER(sc_shard), c_size_t, POINTER(sc_shard_location), c_size_t, POINTER(sc_store),
        POINTER(sc_error)]),
    "sc_sharded_place": (c_char_p, [POINTER(sc_store), POINTER(sc_address)]),
    "sc_shortage_settle": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_int, c_size_t, POINTER(sc_arena), POINTER(POINTER(sc_shortage)),
        POINTER(c_size_t), POINTER(sc_error)]),
    "sc_sqlite_open": (c_int, [
        POINTER(sc_env), c_char_p, POINTER(sc_sqlite_options), POINTER(sc_store), POINTER(sc_error)]),
    "sc_inventory_reserve_submit": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_reserve_request), c_void_p, c_void_p, POINTER(c_uint64),
        POINTER(sc_error)]),
    "sc_inventory_commit_submit": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), sc_id, POINTER(sc_commit_part), c_size_t, c_void_p, c_void_p,
        POINTER(c_uint64), POINTER(sc_error)]),
    "sc_inventory_release_submit": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), sc_id, c_void_p, c_void_p, POINTER(c_uint64), POINTER(sc_error)]),
    "sc_checkout_place_submit": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_checkout_request), c_void_p, c_void_p, POINTER(c_uint64),
        POINTER(sc_error)]),
    "sc_checkout_pay_submit": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, c_char_p, c_void_p, c_void_p, POINTER(c_uint64),
        POINTER(sc_error)]),
    "sc_checkout_buy_submit": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_checkout_request), c_void_p, c_void_p, POINTER(c_uint64),
        POINTER(sc_error)]),
    "sc_shop_drive": (c_size_t, [POINTER(sc_shop), c_size_t, POINTER(c_int64)]),
    "sc_shop_complete": (c_size_t, [POINTER(sc_shop), c_size_t]),
    "sc_shop_cancel": (c_int, [POINTER(sc_shop), c_uint64, POINTER(sc_error)]),
    "sc_shop_descriptor": (c_int, [POINTER(sc_shop), c_int, POINTER(c_int), POINTER(sc_error)]),
    "sc_text_is_utf8": (c_bool, [c_void_p, c_size_t]),
    "sc_text_equal_secret": (c_bool, [sc_bytes, sc_bytes]),
    "sc_text_normalise_email": (c_int, [c_char_p, POINTER(c_char), POINTER(sc_error)]),
    "sc_token_create": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_token_request), POINTER(sc_arena), POINTER(sc_new_token),
        POINTER(sc_error)]),
    "sc_token_rotate": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, c_int64, POINTER(sc_arena), POINTER(sc_new_token),
        POINTER(sc_error)]),
    "sc_token_revoke": (c_int, [POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_error)]),
    "sc_token_list": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_uint32, sc_bytes, POINTER(sc_arena), POINTER(sc_token_page),
        POINTER(sc_error)]),
    "sc_token_check": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), c_char_p, POINTER(sc_arena), POINTER(sc_token), POINTER(sc_error)]),
    "sc_traced_open": (c_int, [POINTER(sc_env), sc_store, POINTER(sc_store), POINTER(sc_error)]),
    "sc_traced_gateway_open": (c_int, [POINTER(sc_env), sc_gateway, POINTER(sc_gateway), POINTER(sc_error)]),
    "sc_traced_read": (c_int, [POINTER(sc_store), POINTER(sc_traced_counts), POINTER(sc_error)]),
    "sc_traced_reset": (c_int, [POINTER(sc_store), POINTER(sc_error)]),
    "sc_traced_gateway_read": (c_int, [POINTER(sc_gateway), POINTER(sc_traced_counts), POINTER(sc_error)]),
    "sc_damage_name": (c_char_p, [c_int]),
    "sc_damage_text": (c_char_p, [c_int]),
    "sc_verify_new": (c_int, [POINTER(sc_shop), POINTER(sc_call), POINTER(POINTER(sc_verify)), POINTER(sc_error)]),
    "sc_verify_step": (c_int, [
        POINTER(sc_verify), POINTER(sc_call), c_size_t, POINTER(sc_arena), POINTER(sc_verify_page), POINTER(sc_error)]),
    "sc_verify_free": (None, [POINTER(sc_verify)]),
    "sc_verify_repair": (c_int, [
        POINTER(sc_shop), POINTER(sc_call), POINTER(sc_arena), POINTER(sc_repair_report), POINTER(sc_error)]),
    "sc_worker_start": (c_int, [
        POINTER(sc_shop), POINTER(sc_worker_options), POINTER(POINTER(sc_worker)), POINTER(sc_error)]),
    "sc_worker_wake": (None, [POINTER(sc_worker)]),
    "sc_worker_stop": (None, [POINTER(sc_worker)]),
}

# Every function that libshopcore-testkit exports: what it gives, and what it takes.
TESTKIT_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "sc_conformance_store_cases": (POINTER(c_char_p), [POINTER(c_size_t)]),
    "sc_conformance_store": (c_int, [
        POINTER(sc_conformance_store_options), POINTER(sc_conformance_summary), POINTER(sc_error)]),
    "sc_conformance_gateway_cases": (POINTER(c_char_p), [POINTER(c_size_t)]),
    "sc_conformance_gateway": (c_int, [
        POINTER(sc_conformance_gateway_options), POINTER(sc_conformance_summary), POINTER(sc_error)]),
    "sc_conformance_search_cases": (POINTER(c_char_p), [POINTER(c_size_t)]),
    "sc_conformance_search": (c_int, [
        POINTER(sc_conformance_search_options), POINTER(sc_conformance_summary), POINTER(sc_error)]),
    "sc_conformance_notifier_cases": (POINTER(c_char_p), [POINTER(c_size_t)]),
    "sc_conformance_notifier": (c_int, [
        POINTER(sc_conformance_notifier_options), POINTER(sc_conformance_summary), POINTER(sc_error)]),
    "sc_conformance_sink_cases": (POINTER(c_char_p), [POINTER(c_size_t)]),
    "sc_conformance_sink": (c_int, [
        POINTER(sc_conformance_sink_options), POINTER(sc_conformance_summary), POINTER(sc_error)]),
    "sc_testkit_env_new": (POINTER(sc_testkit_env), [c_uint64]),
    "sc_testkit_env_free": (None, [POINTER(sc_testkit_env)]),
    "sc_testkit_env_table": (POINTER(sc_env), [POINTER(sc_testkit_env)]),
    "sc_testkit_env_advance_ms": (None, [POINTER(sc_testkit_env), c_int64]),
    "sc_testkit_env_jump_when_parked": (None, [POINTER(sc_testkit_env), c_bool]),
    "sc_testkit_env_fail_allocation": (None, [POINTER(sc_testkit_env), c_uint64, c_bool]),
    "sc_testkit_env_has_failed": (c_bool, [POINTER(sc_testkit_env)]),
    "sc_testkit_env_allocations": (c_uint64, [POINTER(sc_testkit_env)]),
    "sc_testkit_env_live_blocks": (c_size_t, [POINTER(sc_testkit_env)]),
    "sc_testkit_env_logged": (c_uint64, [POINTER(sc_testkit_env), c_int]),
    "sc_fake_gateway_open": (c_int, [
        POINTER(sc_env), POINTER(sc_fake_gateway_options), POINTER(POINTER(sc_fake_gateway)), POINTER(sc_error)]),
    "sc_fake_gateway_free": (None, [POINTER(sc_fake_gateway)]),
    "sc_fake_gateway_port": (sc_gateway, [POINTER(sc_fake_gateway)]),
    "sc_fake_gateway_take_step": (c_int, [POINTER(sc_fake_gateway), sc_id, c_bool, POINTER(sc_error)]),
    "sc_fake_gateway_set_down": (None, [POINTER(sc_fake_gateway), c_bool]),
    "sc_fake_gateway_next_webhook": (c_int, [
        POINTER(sc_fake_gateway), POINTER(sc_arena), POINTER(sc_fake_webhook), POINTER(sc_error)]),
    "sc_fake_gateway_books": (c_int, [
        POINTER(sc_fake_gateway), POINTER(sc_arena), POINTER(POINTER(sc_fake_booking)), POINTER(c_size_t),
        POINTER(sc_error)]),
    "sc_fake_gateway_order_money": (c_int, [
        POINTER(sc_fake_gateway), sc_id, POINTER(c_int64), POINTER(c_int64), POINTER(sc_error)]),
    "sc_sim_new": (c_int, [POINTER(sc_sim_options), POINTER(POINTER(sc_sim)), POINTER(sc_error)]),
    "sc_sim_free": (None, [POINTER(sc_sim)]),
    "sc_sim_env": (POINTER(sc_env), [POINTER(sc_sim), c_uint32]),
    "sc_sim_spawn": (c_int, [POINTER(sc_sim), c_uint32, CFUNCTYPE(None, c_void_p), c_void_p, POINTER(sc_error)]),
    "sc_sim_run": (c_size_t, [POINTER(sc_sim), c_uint64]),
    "sc_sim_yield": (None, [POINTER(sc_sim)]),
    "sc_sim_sleep_ms": (None, [POINTER(sc_sim), c_int64]),
    "sc_sim_random": (c_uint64, [POINTER(sc_sim), c_uint64]),
    "sc_sim_faults": (None, [POINTER(sc_sim), c_bool]),
    "sc_sim_report_of": (sc_sim_report, [POINTER(sc_sim)]),
    "sc_sim_store": (c_int, [POINTER(sc_sim), c_uint32, sc_store, POINTER(sc_store), POINTER(sc_error)]),
    "sc_sim_gateway": (c_int, [POINTER(sc_sim), c_uint32, sc_gateway, POINTER(sc_gateway), POINTER(sc_error)]),
}

# Every function that libshopcore-paypal exports: what it gives, and what it takes.
PAYPAL_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "sc_paypal_open": (c_int, [POINTER(sc_env), POINTER(sc_paypal_options), POINTER(sc_gateway), POINTER(sc_error)]),
    "sc_paypal_open_url": (c_int, [POINTER(sc_env), c_char_p, POINTER(sc_gateway), POINTER(sc_error)]),
}

# Every function that libshopcore-postgres exports: what it gives, and what it takes.
POSTGRES_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "sc_postgres_open": (c_int, [
        POINTER(sc_env), c_char_p, POINTER(sc_postgres_options), POINTER(sc_store), POINTER(sc_error)]),
    "sc_postgres_search_open": (c_int, [
        POINTER(sc_env), c_char_p, POINTER(sc_postgres_options), POINTER(sc_search_index), POINTER(sc_error)]),
}

# Every function that libshopcore-redis exports: what it gives, and what it takes.
REDIS_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "sc_redis_open": (c_int, [
        POINTER(sc_env), c_char_p, POINTER(sc_redis_options), POINTER(sc_store), POINTER(sc_error)]),
    "sc_redis_gate_open": (c_int, [
        POINTER(sc_env), c_char_p, POINTER(sc_redis_options), POINTER(sc_gate), POINTER(sc_error)]),
    "sc_redis_cache_open": (c_int, [
        POINTER(sc_env), c_char_p, POINTER(sc_redis_options), POINTER(sc_cache), POINTER(sc_error)]),
}

# Every function that libshopcore-stripe exports: what it gives, and what it takes.
STRIPE_FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "sc_stripe_open": (c_int, [POINTER(sc_env), POINTER(sc_stripe_options), POINTER(sc_gateway), POINTER(sc_error)]),
    "sc_stripe_open_url": (c_int, [POINTER(sc_env), c_char_p, POINTER(sc_gateway), POINTER(sc_error)]),
    "sc_stripe_verify": (c_int, [sc_bytes, c_char_p, c_char_p, c_int64, c_int64, POINTER(sc_error)]),
}

# Every struct that is declared above.
STRUCTS: list[type[Structure]] = [
    sc_bytes, sc_mutex, sc_parker, sc_env, sc_arena, sc_call, sc_error, sc_id, sc_address, sc_value, sc_column,
    sc_index, sc_kind, sc_counters, sc_hold_line, sc_take, sc_commit_part, sc_change, sc_group, sc_after, sc_outcome,
    sc_record, sc_range, sc_page, sc_entry, sc_store_info, sc_group_ref, sc_made, sc_recall, sc_store_ops, sc_store,
    sc_hold_take, sc_backed_options, sc_backed_counts, sc_cache_item, sc_cache_ops, sc_cache, sc_cached_options,
    sc_cached_counts, sc_json_writer, sc_json_options, sc_event, sc_event_sink_ops, sc_event_sink, sc_gateway_request,
    sc_gateway_reply, sc_gateway_event, sc_gateway_ops, sc_gateway, sc_notice, sc_notifier_ops, sc_notifier,
    sc_search_document, sc_search_query, sc_search_hit, sc_search_result, sc_search_ops, sc_search_index, sc_quote_key,
    sc_shop_options, sc_tick_bound, sc_tick_report, sc_line_option, sc_cart_line, sc_cart_coupon, sc_cart, sc_cart_ref,
    sc_cart_item, sc_cart_quantity, sc_cart_leftover, sc_cart_merge_report, sc_cart_page, sc_attribute, sc_image,
    sc_sku, sc_product, sc_category, sc_catalog_page, sc_product_list, sc_category_list, sc_product_outcome,
    sc_export_options, sc_export_summary, sc_import_row, sc_import_options, sc_import_summary, sc_price_change,
    sc_price_outcome, sc_prices_options, sc_prices_row, sc_prices_file_options, sc_prices_summary,
    sc_category_progress, sc_credit, sc_credit_move, sc_gift_card_request, sc_gift_card, sc_gift_card_use, sc_payment,
    sc_price_policy, sc_price_attribute, sc_price_texts, sc_price_line, sc_price_shipping, sc_price_fee,
    sc_promotion_tier, sc_promotion_conditions, sc_promotion, sc_price_buyer, sc_price_request, sc_price_run,
    sc_priced_line, sc_priced_charge, sc_promotion_share, sc_priced_promotion, sc_priced_tax, sc_price_step,
    sc_breakdown, sc_price_comparison, sc_machine_move, sc_order_line, sc_coupon_use, sc_order_coupon,
    sc_order_promotion, sc_order_tax, sc_order_fee, sc_order_tender, sc_postal_address, sc_order_event, sc_shipment,
    sc_order, sc_order_page, sc_price_entry, sc_price_query, sc_price_choice, sc_tax_rule, sc_tax_query, sc_tax_choice,
    sc_shipping_bracket, sc_shipping_rate, sc_shipping_query, sc_shipping_offer, sc_exchange_rate, sc_converted,
    sc_offer_change, sc_quote_coupon, sc_quote_price, sc_quote, sc_quote_options, sc_checkout_request, sc_placement,
    sc_gate_claim, sc_gate_level, sc_gate_ops, sc_gate, sc_config_driver, sc_rule, sc_rule_page, sc_coupon_usage,
    sc_faulty_options, sc_gated_options, sc_gated_counts, sc_gated_drift, sc_stock_ref, sc_level, sc_stock_change,
    sc_stock_move, sc_reserve_line, sc_reserve_request, sc_reservation, sc_reservation_take, sc_reservation_detail,
    sc_movement, sc_movement_page, sc_posting, sc_ledger_entry, sc_memory_options, sc_mixed_part, sc_provider_tuning,
    sc_paypal_options, sc_stored_outcome, sc_row, sc_rows_clock, sc_rows_ops, sc_postgres_options, sc_redis_options,
    sc_refund_line, sc_refund_request, sc_refund_part, sc_refund, sc_refund_answer, sc_search_request, sc_search_page,
    sc_search_progress, sc_shard, sc_shard_location, sc_shortage, sc_sqlite_options, sc_completion, sc_token_request,
    sc_new_token, sc_token, sc_token_page, sc_traced_count, sc_traced_counts, sc_finding, sc_verify_page, sc_repair,
    sc_repair_report, sc_worker_options, sc_stripe_options, sc_conformance_result, sc_conformance_summary,
    sc_conformance_store_options, sc_conformance_gateway_options, sc_conformance_search_options,
    sc_conformance_notifier_options, sc_conformance_sink_options, sc_fake_gateway_options, sc_fake_webhook,
    sc_fake_booking, sc_sim_options, sc_sim_report]

# What the initialisers of the C headers set, beside the size.
INITIAL: dict[type[Structure], dict[str, Any]] = {
    sc_shop_options: dict(
        currency=b"USD", hold_ttl_ms=600000, cart_lifetime_ms=2592000000, quote_ttl_ms=900000,
        key_lifetime_ms=604800000, payment_patience_ms=30000, payment_resume_ms=30000, payment_attempts_max=5,
        lapsed_policy=SC_LAPSED_HOLD_AGAIN),
    sc_error: dict(index=-1),
    sc_export_options: dict(page=200),
    sc_fake_gateway_options: dict(slow_ms=30000),
    sc_import_options: dict(batch_lines=500, line_max=SC_BODY_MAX),
    sc_memory_options: dict(remembers_ms=2592000000),
    sc_prices_file_options: dict(batch_lines=1000),
    sc_prices_options: dict(rounding=SC_ROUND_HALF_UP, step_minor=1),
    sc_search_request: dict(limit=20),
    sc_tick_bound: dict(items=1000, time_ms=1000),
}

lib: Any = _open("libshopcore.so.0", FUNCTIONS)
env: Any = lib.sc_env_default()
