"""The commerce logic of a large shop: catalogue, search, carts, exact prices, stock that is never oversold, checkout.

    with FakeGateway() as bank, Shop("sqlite:shop.db", gateway=bank) as shop:
        ada = shop.customer("ada")
        ada.cart.add("mug-blue", 2)
        order = ada.checkout.buy("click-1", Address("Ada", "1 Hill St", "Bath", "GB"), payment="tok_ok")

Refusals, bad input, failures and "nobody knows" are four families of exceptions, in shopcore.errors.
"""
from . import errors
from .cart import Cart
from .catalog import Catalog
from .checkout import Checkout
from .errors import BadInput, Failure, LibraryMissing, Refusal, ShopClosed, ShopError, Unknown
from .gateways import FakeGateway, Gateway
from .inflight import InFlight, Requests
from .inventory import Inventory
from .orders import Orders
from .ports import EventSink, Notifier, SearchIndex
from .pricing import (ChosenPrice, ChosenTaxes, PriceEntry, PriceVerdict, ShippingRate, TaxRule, allocate, charm,
                      choose_price, choose_taxes, convert, presets, price, round_cash, shipping_offers, what_if)
from .records import (NOT_TRACKED, Address, AttributeValue, Booking, CartLine, CartView, Category, CategoryMove,
                      CouponUsage, CreditBalance, CreditMove, Event, ExportSummary, Finding, Found, GatewayOp,
                      GatewayReply, GatewayRequest, GatewayState, GiftCard, Hit, HoldState, Image, ImportRow,
                      ImportSummary, LedgerEntry, Leftover, Level, Mend, Merge, MergeRule, Money, Movement, Notice,
                      OfferChange, OfferChangeKind, Order, OrderEvent, OrderLine, Payment, Placement, PriceChange,
                      PriceOutcome, PricesSummary, Product, Quote, QuoteCoupon, QuotePrice, Refund, RefundPart,
                      Repairs, Reservation, ReservationDetail, ReserveLine, Rounding, SearchDocument, SearchPage,
                      SearchProgress, Shipment, Shortage, Sku, Take, Tick, moment)
from .rules import Coupons, RuleKind, Rules
from .search import Search
from .shop import Actor, Shop, Worker, access_table, new_id
from .stores import MemoryStore, SqliteStore, Store, StoreWrapper
from .tenders import Credit, GiftCards

__version__ = "0.1.0"

__all__ = [
    "Actor", "Address", "AttributeValue", "BadInput", "Booking", "Cart", "CartLine", "CartView", "Catalog", "Category",
    "CategoryMove", "Checkout", "ChosenPrice", "ChosenTaxes", "CouponUsage", "Coupons", "Credit", "CreditBalance",
    "CreditMove", "Event", "EventSink", "ExportSummary", "Failure", "FakeGateway", "Finding", "Found", "Gateway",
    "GatewayOp", "GatewayReply", "GatewayRequest", "GatewayState", "GiftCard", "GiftCards", "Hit", "HoldState",
    "Image", "ImportRow", "ImportSummary", "InFlight", "Inventory", "LedgerEntry", "Leftover", "Level",
    "LibraryMissing", "MemoryStore", "Mend", "Merge", "MergeRule", "Money", "Movement", "NOT_TRACKED", "Notice",
    "Notifier", "OfferChange", "OfferChangeKind", "Order", "OrderEvent", "OrderLine", "Orders", "Payment", "Placement",
    "PriceChange", "PriceEntry", "PriceOutcome", "PriceVerdict", "PricesSummary", "Product", "Quote", "QuoteCoupon",
    "QuotePrice", "Refund", "RefundPart", "Refusal", "Repairs", "Requests", "Reservation", "ReservationDetail",
    "ReserveLine", "Rounding", "RuleKind", "Rules", "Search", "SearchDocument", "SearchIndex", "SearchPage",
    "SearchProgress", "Shipment", "ShippingRate", "Shop", "ShopClosed", "ShopError", "Shortage", "Sku", "SqliteStore",
    "Store", "StoreWrapper", "Take", "TaxRule", "Tick", "Unknown", "Worker", "access_table", "allocate", "charm",
    "choose_price", "choose_taxes", "convert", "errors", "moment", "new_id", "presets", "price", "round_cash",
    "shipping_offers", "what_if",
]
