"""What can come back instead of an answer: four families that never mix, and one exception a status.

    Refusal    the shop says no; asking again without changing anything is pointless
    BadInput   the call itself was wrong; `field` names what
    Failure    nothing happened; some may be tried again (`may_retry`)
    Unknown    it may have happened, or may happen yet; repeat it with the same id or key

Catch the family when you mean the family, and the class when you mean the reason.
"""
from __future__ import annotations


class LibraryMissing(ImportError):
    """The C library is not where this package looked for it, or is another version."""


class ShopClosed(RuntimeError):
    """Something was asked of a shop, a store or a gateway that was closed before."""


class ShopError(Exception):
    """Anything but OK that the library answered."""

    code = 0

    def __init__(self, status: int, *, index: int | None = None, field: str = "", wanted: int = 0, available: int = 0,
                 text: str = "") -> None:
        super().__init__(text)
        self.status = status
        self.index = index  # which line, record or row of the input, from 0
        self.field = field  # which field, as a path such as "lines[2].quantity"; or empty
        self.wanted = wanted  # for stock and limits: what was asked for
        self.available = available  # for stock and limits: what there is
        self.text = text  # one line for a person; never parse it

    def __str__(self) -> str:
        where = f" ({self.field})" if self.field else ""
        return f"{self.text or type(self).__doc__}{where}"

    def __reduce__(self) -> tuple[object, ...]:
        return (_again, (type(self), self.__dict__, self.args))


class Refusal(ShopError):
    """The shop said no: an answer, and nothing was changed."""


class BadInput(ShopError):
    """The call itself was wrong: never worth a retry."""


class Failure(ShopError):
    """Something broke and nothing happened."""


class Unknown(ShopError):
    """It may have happened, or may happen yet."""


def _again(kind: type[ShopError], members: dict[str, object], args: tuple[object, ...]) -> ShopError:
    """An exception that went through pickle, as from a process pool."""
    made = kind.__new__(kind, *args)
    made.__dict__.update(members)
    return made


def of(status: int, *, index: int | None = None, field: str = "", wanted: int = 0, available: int = 0,
       text: str = "") -> ShopError:
    """The exception that a status stands for."""
    kind = BY_STATUS.get(status, ShopError)
    return kind(status, index=index, field=field, wanted=wanted, available=available, text=text)


# ---- below this line: written by tools/declare.py from the headers


class NotFound(Refusal):
    """No such record."""

    code = -101


class OutOfStock(Refusal):
    """Not enough stock."""

    code = -102


class Changed(Refusal):
    """The record changed since it was read."""

    code = -103


class Exists(Refusal):
    """There is one already."""

    code = -104


class LimitReached(Refusal):
    """A limit is reached."""

    code = -105


class HoldLapsed(Refusal):
    """The hold ran out."""

    code = -106


class HoldSettled(Refusal):
    """The hold was already settled otherwise."""

    code = -107


class NotAllowed(Refusal):
    """This actor may not do that."""

    code = -108


class KeyReused(Refusal):
    """The key was used before, for another request."""

    code = -109


class InProgress(Refusal):
    """The same request is still running."""

    code = -110


class Declined(Refusal):
    """The payment was declined."""

    code = -111


class ActionRequired(Refusal):
    """The buyer has to take a step with the provider."""

    code = -112


class ConsentNeeded(Refusal):
    """The offer changed and the buyer has not agreed yet."""

    code = -113


class WrongState(Refusal):
    """Not possible in this state."""

    code = -114


class QuoteExpired(Refusal):
    """The quote ran out."""

    code = -115


class CartEmpty(Refusal):
    """The cart is empty."""

    code = -116


class NotForSale(Refusal):
    """Not for sale."""

    code = -117


class CurrencyMismatch(Refusal):
    """A cart has one currency."""

    code = -118


class Fenced(Refusal):
    """The id was declared dead before it arrived."""

    code = -119


class TooOld(Refusal):
    """The id is older than what the store remembers."""

    code = -120


class StaleEpoch(Refusal):
    """Routed by an old map of the shards."""

    code = -121


class NothingDue(Refusal):
    """Nothing to do."""

    code = -122


class BadArgument(BadInput):
    """The call itself was wrong."""

    code = -301


class BadText(BadInput):
    """Not valid UTF-8, or characters that are not allowed here."""

    code = -302


class OverLimit(BadInput):
    """Larger than the limit."""

    code = -303


class BadFormat(BadInput):
    """The document does not have the expected form."""

    code = -304


class OutOfRange(BadInput):
    """The number does not fit."""

    code = -305


class BadCurrency(BadInput):
    """No such currency."""

    code = -306


class BadSignature(BadInput):
    """The signature does not match."""

    code = -307


class Unsupported(BadInput):
    """This store or service cannot do that."""

    code = -308


class NoMemory(Failure):
    """Out of memory."""

    code = -501


class StoreFailed(Failure):
    """The store failed and did nothing."""

    code = -502


class Busy(Failure):
    """Too busy, try again."""

    code = -503


class Deadline(Failure):
    """The deadline passed before it was sent."""

    code = -504


class Cancelled(Failure):
    """Cancelled before it was sent."""

    code = -505


class Damaged(Failure):
    """Stored data does not match its own checksum."""

    code = -506


class ServiceFailed(Failure):
    """An outside service failed and did nothing."""

    code = -507


class NoRoom(Failure):
    """No room left in a queue, a file or a page."""

    code = -508


class IoFailed(Failure):
    """A file could not be read or written."""

    code = -509


class SchemaTooNew(Failure):
    """The store was made by a newer version of the library."""

    code = -510


class OutcomeUnknown(Unknown):
    """The store did not say whether it happened."""

    code = -901


class PaymentUnknown(Unknown):
    """The provider did not say whether money moved."""

    code = -902


BY_STATUS: dict[int, type[ShopError]] = {
    -101: NotFound,
    -102: OutOfStock,
    -103: Changed,
    -104: Exists,
    -105: LimitReached,
    -106: HoldLapsed,
    -107: HoldSettled,
    -108: NotAllowed,
    -109: KeyReused,
    -110: InProgress,
    -111: Declined,
    -112: ActionRequired,
    -113: ConsentNeeded,
    -114: WrongState,
    -115: QuoteExpired,
    -116: CartEmpty,
    -117: NotForSale,
    -118: CurrencyMismatch,
    -119: Fenced,
    -120: TooOld,
    -121: StaleEpoch,
    -122: NothingDue,
    -301: BadArgument,
    -302: BadText,
    -303: OverLimit,
    -304: BadFormat,
    -305: OutOfRange,
    -306: BadCurrency,
    -307: BadSignature,
    -308: Unsupported,
    -501: NoMemory,
    -502: StoreFailed,
    -503: Busy,
    -504: Deadline,
    -505: Cancelled,
    -506: Damaged,
    -507: ServiceFailed,
    -508: NoRoom,
    -509: IoFailed,
    -510: SchemaTooNew,
    -901: OutcomeUnknown,
    -902: PaymentUnknown,
}
