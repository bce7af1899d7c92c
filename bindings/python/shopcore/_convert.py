"""Between the structs of C and the records of Python. What is read is copied, so no record outlives its memory."""
from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from . import _ffi, errors
from . import records as r
from ._ffi import items, optional_string, string

NO_ID = uuid.UUID(int=0)


def optional_id(value: Any) -> uuid.UUID | None:
    found = _ffi.id_out(value)
    return None if found == NO_ID else found


# ---- catalogue ---------------------------------------------------------------------------------


def attribute_in(name: str, value: r.AttributeValue) -> Any:
    if isinstance(value, bool):
        kind, text = _ffi.SC_ATTRIBUTE_BOOL, "true" if value else "false"
    elif isinstance(value, (int, Decimal)):
        kind, text = _ffi.SC_ATTRIBUTE_NUMBER, str(value)
    else:
        kind, text = _ffi.SC_ATTRIBUTE_TEXT, value
    return _ffi.make(_ffi.sc_attribute, name=name, text=text, type=kind)


def attributes_in(values: Mapping[str, r.AttributeValue]) -> Any:
    return _ffi.array(_ffi.sc_attribute, [attribute_in(name, value) for name, value in values.items()])


def attributes_out(pointer: Any, count: int) -> dict[str, r.AttributeValue]:
    return {string(raw.name): attribute_out(raw) for raw in items(pointer, count)}


def attribute_out(raw: Any) -> r.AttributeValue:
    text = string(raw.text)
    if raw.type == _ffi.SC_ATTRIBUTE_BOOL:
        return text == "true"
    if raw.type == _ffi.SC_ATTRIBUTE_NUMBER:
        try:
            return Decimal(text)
        except InvalidOperation:
            return text
    return text


def sku_in(sku: r.Sku) -> Any:
    return _ffi.make(_ffi.sc_sku, sku=sku.sku, product=sku.product, seller=sku.seller, name=sku.name,
                     price_minor=sku.price_minor, currency=sku.currency, withdrawn=sku.withdrawn,
                     options=attributes_in(sku.options), option_count=len(sku.options), version=sku.version)


def sku_out(raw: Any) -> r.Sku:
    return r.Sku(sku=string(raw.sku), product=optional_string(raw.product), seller=optional_string(raw.seller),
                 name=optional_string(raw.name), price_minor=raw.price_minor, currency=string(raw.currency),
                 withdrawn=raw.withdrawn, options=attributes_out(raw.options, raw.option_count), version=raw.version)


def product_in(product: r.Product) -> Any:
    images = [_ffi.make(_ffi.sc_image, url=image.url, alt=image.alt) for image in product.images]
    return _ffi.make(_ffi.sc_product, id=product.id, name=product.name, brand=product.brand,
                     description=product.description, seller=product.seller,
                     attributes=attributes_in(product.attributes), attribute_count=len(product.attributes),
                     categories=_ffi.texts(product.categories), category_count=len(product.categories),
                     images=_ffi.array(_ffi.sc_image, images), image_count=len(images),
                     skus=_ffi.array(_ffi.sc_sku, [sku_in(sku) for sku in product.skus]), sku_count=len(product.skus),
                     rating_milli=product.rating_milli, rating_count=product.rating_count,
                     popularity=product.popularity, version=product.version)


def product_out(raw: Any) -> r.Product:
    return r.Product(id=string(raw.id), name=string(raw.name), brand=optional_string(raw.brand),
                     description=optional_string(raw.description), seller=optional_string(raw.seller),
                     attributes=attributes_out(raw.attributes, raw.attribute_count),
                     categories=tuple(string(name) for name in items(raw.categories, raw.category_count)),
                     images=tuple(r.Image(string(image.url), optional_string(image.alt))
                                  for image in items(raw.images, raw.image_count)),
                     skus=tuple(sku_out(sku) for sku in items(raw.skus, raw.sku_count)),
                     rating_milli=raw.rating_milli, rating_count=raw.rating_count, popularity=raw.popularity,
                     version=raw.version)


def category_in(category: r.Category) -> Any:
    return _ffi.make(_ffi.sc_category, id=category.id, name=category.name, parent=category.parent,
                     position=category.position, version=category.version)


def category_out(raw: Any) -> r.Category:
    return r.Category(id=string(raw.id), name=string(raw.name), parent=optional_string(raw.parent),
                      position=raw.position, version=raw.version)


def import_row_out(raw: Any) -> r.ImportRow:
    return r.ImportRow(line=raw.line, sku=optional_string(raw.sku), accepted=raw.status == 0, field=string(raw.field),
                       reason=string(raw.text))


def import_summary_out(raw: Any) -> r.ImportSummary:
    return r.ImportSummary(lines=raw.lines, created=raw.created, changed=raw.changed, unchanged=raw.unchanged,
                           rejected=raw.rejected, resumed_at=raw.resumed_at)


def percent_in(percent: Decimal | int) -> int:
    """Thousandths of a percent, exactly."""
    milli = Decimal(percent).scaleb(3)
    if milli != milli.to_integral_value():
        raise errors.OutOfRange(errors.OutOfRange.code, field="percent", text="at most three decimals")
    return _ffi.fit(int(milli), _ffi.int32, "percent")


def price_change_in(change: r.PriceChange) -> Any:
    if (change.price_minor is None) == (change.percent is None):
        raise errors.BadArgument(errors.BadArgument.code, field="price", text="one of price_minor and percent")
    flags = 0
    if change.percent is not None:
        flags |= _ffi.SC_PRICE_PERCENT
    if change.was_minor is not None:
        flags |= _ffi.SC_PRICE_IF_WAS
    if change.version is not None:
        flags |= _ffi.SC_PRICE_IF_VERSION
    if change.currency is not None:
        flags |= _ffi.SC_PRICE_IF_CURRENCY
    return _ffi.make(_ffi.sc_price_change, sku=change.sku, flags=flags, price_minor=change.price_minor,
                     percent_milli=None if change.percent is None else percent_in(change.percent),
                     was_minor=change.was_minor, version=change.version, currency=change.currency)


def price_outcome_out(sku: str | None, raw: Any, line: int = 0) -> r.PriceOutcome:
    fault = _ffi.fault_of(raw.error, -1) if raw.status else None
    return r.PriceOutcome(sku=sku, before_minor=raw.before_minor, after_minor=raw.after_minor,
                          currency=string(raw.currency), version=raw.version, fault=fault, line=line)


def prices_options_in(dry_run: bool, rounding: r.Rounding, step_minor: int) -> Any:
    return _ffi.make(_ffi.sc_prices_options, dry_run=int(dry_run), rounding=int(rounding), step_minor=step_minor)


# ---- stock -------------------------------------------------------------------------------------


def level_out(raw: Any) -> r.Level:
    return r.Level(sku=string(raw.sku), location=string(raw.location), available=raw.available, on_hand=raw.on_hand,
                   held=raw.held, committed=raw.committed, safety=raw.safety, version=raw.version)


def shortage_out(raw: Any) -> r.Shortage:
    return r.Shortage(sku=string(raw.sku), location=string(raw.location), on_hand=raw.on_hand, committed=raw.committed,
                      missing=raw.missing, cancelled=raw.cancelled, orders=raw.orders)


def reserve_line_in(line: r.ReserveLine) -> Any:
    return _ffi.make(_ffi.sc_reserve_line, sku=line.sku, quantity=line.quantity, location=line.location,
                     locations=_ffi.texts(line.locations) if line.locations else None,
                     location_count=len(line.locations), flags=_ffi.SC_RESERVE_SPLIT if line.split else 0)


def reservation_out(raw: Any) -> r.Reservation:
    return r.Reservation(id=_ffi.id_out(raw.id), state=r.HoldState(raw.state), deadline_ms=raw.deadline_ms)


def reservation_detail_out(raw: Any) -> r.ReservationDetail:
    return r.ReservationDetail(reservation_out(raw.reservation), tuple(
        r.Take(sku=string(take.sku), location=string(take.location), quantity=take.quantity, committed=take.committed,
               line=take.line) for take in items(raw.takes, raw.take_count)))


def movement_out(raw: Any) -> r.Movement:
    return r.Movement(position=raw.position, time_ms=raw.time_ms, on_hand=raw.on_hand, held=raw.held,
                      committed=raw.committed, on_hand_after=raw.on_hand_after, held_after=raw.held_after,
                      committed_after=raw.committed_after, reason=string(raw.reason), cause=optional_id(raw.cause))


# ---- cart --------------------------------------------------------------------------------------


def options_in(options: Mapping[str, str]) -> Any:
    return _ffi.array(_ffi.sc_line_option,
                      [_ffi.make(_ffi.sc_line_option, name=name, value=value) for name, value in options.items()])


def options_out(pointer: Any, count: int) -> dict[str, str]:
    return {string(option.name): string(option.value) for option in items(pointer, count)}


def cart_out(raw: Any) -> r.CartView:
    return r.CartView(owner=string(raw.owner), version=raw.version, currency=string(raw.currency),
                      lines=tuple(cart_line_out(line) for line in items(raw.lines, raw.line_count)),
                      changed_ms=raw.changed_ms, expires_ms=raw.expires_ms, note=string(raw.note),
                      saved=tuple(cart_line_out(line) for line in items(raw.saved, raw.saved_count)),
                      coupons=tuple(string(given.code) for given in items(raw.coupons, raw.coupon_count)))


def cart_line_out(raw: Any) -> r.CartLine:
    return r.CartLine(id=_ffi.id_out(raw.id), sku=string(raw.sku), quantity=raw.quantity,
                      price_seen_minor=raw.price_seen_minor, added_ms=raw.added_ms,
                      options=options_out(raw.options, raw.option_count))


def merge_out(raw: Any) -> r.Merge:
    return r.Merge(cart=cart_out(raw.cart), units_moved=raw.units_moved, leftovers=tuple(
        r.Leftover(sku=string(left.sku), quantity=left.quantity, reason=string(_ffi.lib.sc_status_name(left.reason)),
                   line=_ffi.id_out(left.line)) for left in items(raw.leftovers, raw.leftover_count)))


# ---- checkout and orders -----------------------------------------------------------------------

ADDRESS_MEMBERS = ("name", "company", "line1", "line2", "postal_code", "city", "region", "country", "phone")


def address_in(address: r.Address) -> Any:
    return _ffi.make(_ffi.sc_postal_address, **{name: getattr(address, name) for name in ADDRESS_MEMBERS})


def address_out(raw: Any) -> r.Address:
    return r.Address(**{name: string(getattr(raw, name)) for name in ADDRESS_MEMBERS})


def order_line_out(raw: Any) -> r.OrderLine:
    return r.OrderLine(id=string(raw.id), sku=string(raw.sku), product=string(raw.product), seller=string(raw.seller),
                       name=string(raw.name), quantity=raw.quantity, unit_price_minor=raw.unit_price_minor,
                       discount_minor=raw.discount_minor, tax_minor=raw.tax_minor, total_minor=raw.total_minor,
                       options=options_out(raw.options, raw.option_count), cancelled=raw.cancelled)


def quote_out(raw: Any) -> r.Quote:
    return r.Quote(currency=string(raw.currency), goods_minor=raw.goods_minor, discount_minor=raw.discount_minor,
                   shipping_minor=raw.shipping_minor, tax_minor=raw.tax_minor, total_minor=raw.total_minor,
                   lines=tuple(order_line_out(line) for line in items(raw.lines, raw.line_count)),
                   changes=tuple(r.OfferChange(r.OfferChangeKind(change.kind), change.line, string(change.sku),
                                               change.was, change.now, string(change.field), string(change.what))
                                 for change in items(raw.changes, raw.change_count)),
                   needs_consent=raw.needs_consent, token=optional_string(raw.token), expires_ms=raw.expires_ms,
                   coupons=tuple(quote_coupon_out(coupon) for coupon in items(raw.coupons, raw.coupon_count)),
                   promotions=promotions_out(raw), fees_minor=raw.fees_minor, fees=fees_out(raw),
                   shipping_rate=optional_string(raw.shipping_rate),
                   shipping_offers={string(offer.code): offer.amount for offer in items(raw.offers, raw.offer_count)},
                   prices=tuple(r.QuotePrice(string(price.list), price.compare_at_minor, price.on_sale)
                                for price in items(raw.prices, raw.line_count)))


def quote_coupon_out(raw: Any) -> r.QuoteCoupon:
    return r.QuoteCoupon(string(raw.code), string(raw.coupon), raw.verdict == _ffi.SC_COUPON_APPLIED,
                         raw.discount_minor, string(raw.text))


def promotions_out(raw: Any) -> dict[str, int]:
    return {string(promotion.id): promotion.discount_minor for promotion in items(raw.promotions, raw.promotion_count)}


def fees_out(raw: Any) -> dict[str, int]:
    return {string(fee.code): fee.amount_minor for fee in items(raw.fees, raw.fee_count)}


def placement_out(raw: Any) -> r.Placement:
    return r.Placement(id=string(raw.order_id), currency=string(raw.currency), total_minor=raw.total_minor,
                       placed_ms=raw.placed_ms, json=_ffi.string_at(raw.json, raw.json_size), due_minor=raw.due_minor)


def payment_out(raw: Any) -> r.Payment:
    return r.Payment(number=raw.number, state=string(_ffi.lib.sc_attempt_state_name(raw.state)),
                     attempt=string(raw.attempt), amount_minor=raw.amount_minor, currency=string(raw.currency),
                     provider_ref=string(raw.provider_ref), step_url=string(raw.step_url),
                     decline_code=string(raw.decline_code), tender=string(_ffi.lib.sc_tender_name(raw.tender)),
                     account=string(raw.account))


def gift_card_out(raw: Any) -> r.GiftCard:
    return r.GiftCard(id=string(raw.id), code=string(raw.code), currency=string(raw.currency), note=string(raw.note),
                      ledger_id=string(raw.ledger_id), issued_minor=raw.issued_minor, balance_minor=raw.balance_minor,
                      held_minor=raw.held_minor, created_ms=raw.created_ms, expires_ms=raw.expires_ms,
                      expired=raw.expired)


def credit_move_out(raw: Any) -> r.CreditMove:
    return r.CreditMove(time_ms=raw.time_ms, amount_minor=raw.amount_minor, balance_minor=raw.balance_minor,
                        reason=string(raw.reason))


def refund_out(raw: Any) -> r.Refund:
    return r.Refund(number=raw.number, state=string(_ffi.lib.sc_refund_state_name(raw.state)), payment=raw.payment,
                    attempt=string(raw.attempt), amount_minor=raw.amount_minor, tax_minor=raw.tax_minor,
                    shipping_minor=raw.shipping_minor, currency=string(raw.currency), reason=string(raw.reason),
                    decline_code=string(raw.decline_code),
                    parts=tuple(r.RefundPart(string(part.line), string(part.seller), part.quantity, part.amount_minor,
                                             part.tax_minor) for part in items(raw.parts, raw.part_count)),
                    cancelled=raw.cancelled, to_credit=raw.to_credit)


def ledger_entry_out(raw: Any) -> r.LedgerEntry:
    return r.LedgerEntry(what=string(_ffi.lib.sc_ledger_what_name(raw.what)), number=raw.number, payment=raw.payment,
                         currency=string(raw.currency),
                         postings={string(posting.account): posting.amount_minor
                                   for posting in items(raw.postings, raw.count)})


def order_out(raw: Any) -> r.Order:
    name = _ffi.lib.sc_order_state_name
    return r.Order(id=string(raw.id), owner=string(raw.owner),
                   status=string(_ffi.lib.sc_order_status_name(raw.status)),
                   state=string(name(_ffi.SC_MACHINE_ORDER, raw.state)),
                   paid=string(name(_ffi.SC_MACHINE_PAYMENT, raw.paid)),
                   fulfilment=string(name(_ffi.SC_MACHINE_FULFILMENT, raw.fulfilment)), version=raw.version,
                   created_ms=raw.created_ms, currency=string(raw.currency), goods_minor=raw.goods_minor,
                   discount_minor=raw.discount_minor, shipping_minor=raw.shipping_minor, tax_minor=raw.tax_minor,
                   total_minor=raw.total_minor, erased=raw.erased, email=string(raw.email),
                   lines=tuple(order_line_out(line) for line in items(raw.lines, raw.line_count)),
                   shipping=address_out(raw.shipping), billing=address_out(raw.billing),
                   shipment=r.Shipment(string(raw.shipment.carrier), string(raw.shipment.tracking),
                                       raw.shipment.shipped_ms),
                   payments=tuple(payment_out(payment) for payment in items(raw.payments, raw.payment_count)),
                   coupons={string(coupon.code): coupon.discount_minor
                            for coupon in items(raw.coupons, raw.coupon_count)},
                   promotions=promotions_out(raw), fees_minor=raw.fees_minor, fees=fees_out(raw),
                   history=tuple(r.OrderEvent(event.time_ms, string(event.topic), string(event.cause),
                                              string(event.actor))
                                 for event in items(raw.history, raw.history_count)))


# ---- the shop ----------------------------------------------------------------------------------


def tick_out(raw: Any) -> r.Tick:
    return r.Tick(holds_expired=raw.holds_expired, checkouts_resumed=raw.checkouts_resumed,
                  events_relayed=raw.events_relayed, products_indexed=raw.products_indexed,
                  notices_sent=raw.notices_sent, duties_failed=raw.duties_failed,
                  wait_ms=None if raw.wait_ms == _ffi.SC_NEVER else raw.wait_ms)


def finding_out(raw: Any) -> r.Finding:
    return r.Finding(damage=string(_ffi.lib.sc_damage_name(raw.damage)),
                     text=string(_ffi.lib.sc_damage_text(raw.damage)), sku=optional_string(raw.sku),
                     location=optional_string(raw.location), subject=optional_id(raw.subject), position=raw.position,
                     expected=raw.expected, found=raw.found)


def repairs_out(raw: Any) -> r.Repairs:
    return r.Repairs(repairs=tuple((finding_out(repair.finding), r.Mend(repair.mend))
                                   for repair in items(raw.repairs, raw.count)), mended=raw.mended, left=raw.left)


# ---- the gateway port --------------------------------------------------------------------------


def gateway_request_out(raw: Any) -> r.GatewayRequest:
    return r.GatewayRequest(attempt=_ffi.id_out(raw.attempt), order=_ffi.id_out(raw.order), op=r.GatewayOp(raw.op),
                            amount_minor=raw.amount_minor, currency=string(raw.currency),
                            token=optional_string(raw.token), provider_ref=optional_string(raw.provider_ref),
                            target=_ffi.id_out(raw.target))


def gateway_reply_in(reply: r.GatewayReply) -> Any:
    return _ffi.make(_ffi.sc_gateway_reply, attempt=_ffi.id_in(reply.attempt), order=_ffi.id_in(reply.order),
                      status=reply.status, state=int(reply.state), amount_minor=reply.amount_minor,
                      provider_ref=reply.provider_ref, step_url=reply.step_url, decline_code=reply.decline_code)


def bookings_out(rows: Sequence[Any]) -> list[r.Booking]:
    return [r.Booking(attempt=_ffi.id_out(raw.attempt), order=_ffi.id_out(raw.order), state=r.GatewayState(raw.state),
                      charges=raw.charges, currency=string(raw.currency), captured_minor=raw.captured_minor,
                      refunded_minor=raw.refunded_minor) for raw in rows]


def search_document_out(raw: Any) -> r.SearchDocument:
    words = [string(word) for word in _ffi.items(raw.attributes, 2 * raw.attribute_count)]
    return r.SearchDocument(id=string(raw.id), version=raw.version, name=string(raw.name),
                            brand=optional_string(raw.brand), description=optional_string(raw.description),
                            categories=[string(word) for word in _ffi.items(raw.categories, raw.category_count)],
                            attributes=list(zip(words[::2], words[1::2])),
                            skus=[string(word) for word in _ffi.items(raw.skus, raw.sku_count)],
                            price_minor=raw.price_minor, currency=string(raw.currency),
                            rating_milli=raw.rating_milli, popularity=raw.popularity)


def event_out(raw: Any) -> r.Event:
    return r.Event(incarnation=_ffi.id_out(raw.incarnation), partition=raw.partition, position=raw.position,
                   time_ms=raw.time_ms, topic=_ffi.bytes_out(raw.topic).decode(), body=_ffi.bytes_out(raw.body))


def notice_out(raw: Any) -> r.Notice:
    order = _ffi.id_out(raw.order)
    return r.Notice(id=_ffi.id_out(raw.id), topic=string(raw.topic), to=optional_string(raw.to),
                    subject=string(raw.subject), text=string(raw.text), order=order if order.int else None)
