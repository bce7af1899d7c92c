#!/usr/bin/env python3
"""An independent model of the pricing engine, and random documents to compare the two.

The model is written from docs/guide/pricing.md, computes with exact fractions, keeps one number for
each unit, and shares no code with the library. The library prices the same documents through the
program that is named on the command line (tests/unit/pricing/price_lines.c).

    pricing_model.py PROGRAM [--count N] [--seed S] [--processes P]

Each process has seeds of its own, so that the same arguments always price the same documents.
"""

import argparse
import functools
import json
import multiprocessing
import random
import subprocess
import sys
import time
from fractions import Fraction
from math import floor

HALF = Fraction(1, 2)
BATCH = 1000  # documents that go through one pipe at once
TASK = 10000  # documents of one seed


def rounded(x, how):
    """x to a whole number."""
    if how == "half_up":
        return floor(x + HALF)
    if how == "half_even":
        return round(x)
    sign = -1 if x < 0 else 1
    size = abs(x)
    if how == "half_away":
        return sign * floor(size + HALF)
    if how == "down":
        return sign * floor(size)
    return -sign * floor(-size)


def half_down(x):
    return -floor(HALF - x)


def hand_out(shares, left, order):
    for i in order:
        if left == 0:
            return
        shares[i] += 1
        left -= 1


def share(amount, weights, method, round_share=half_down, ties_to_last=False):
    """Shares of a positive amount that add up to it."""
    total = sum(weights)
    if total == 0:
        if method == "round_then_first":
            return [0] * len(weights)
        weights, total = [1] * len(weights), len(weights)
    exact = [Fraction(amount * w, total) for w in weights]
    counted = [i for i, w in enumerate(weights) if w > 0]
    if method == "last_gets_rest":
        shares, left = [0] * len(weights), amount
        for i in counted[:-1]:
            shares[i] = min(round_share(exact[i]), left)
            left -= shares[i]
        shares[counted[-1]] = left
        return shares
    if method == "round_then_first":
        shares = [half_down(x) for x in exact]
        left = amount - sum(shares)
        if left > 0:
            hand_out(shares, left, counted)
        for i in range(len(shares)):
            if left < 0 and shares[i] > 0:
                shares[i] -= 1
                left += 1
        return shares
    shares = [floor(x) for x in exact]
    left = amount - sum(shares)
    if method == "floor_then_first":
        hand_out(shares, left, counted)
    elif method == "floor_then_last":
        hand_out(shares, left, reversed(counted))
    else:
        cut = [x - s for x, s in zip(exact, shares)]
        hand_out(shares, left, sorted(counted, key=lambda i: (-cut[i], -i if ties_to_last else i)))
    return shares


def fit(shares, weights, rooms):
    """Moves what does not fit to those that have room."""
    left = 0
    for i, room in enumerate(rooms):
        if shares[i] > room:
            left += shares[i] - room
            shares[i] = room
    while left > 0:
        before = left
        total = sum(w for s, w, r in zip(shares, weights, rooms) if s < r)
        if total == 0:
            break
        for i, w in enumerate(weights):
            part = min(before * w // total, rooms[i] - shares[i])
            shares[i] += part
            left -= part
        if left == before:
            for i, room in enumerate(rooms):
                if left > 0 and shares[i] < room and weights[i] > 0:
                    shares[i] += 1
                    left -= 1
    return shares


@functools.lru_cache(maxsize=None)
def percent(value):
    return Fraction(str(value)) / 100


class Part:
    """A line or a shipment, unit by unit."""

    def __init__(self, name, price, quantity, document, is_shipping):
        self.name, self.price, self.quantity = name, price, quantity
        self.document, self.is_shipping = document, is_shipping
        self.units = [price] * quantity
        self.floor = min(document.get("floor_unit_price", 0), price)
        self.rates = [percent(r) for r in document.get("tax_rates", [])]
        self.inclusive = document.get("tax_inclusive", False)
        self.reserved = 0

    @property
    def left(self):
        return sum(self.units)

    @property
    def room(self):
        return max(0, self.left - self.floor * self.quantity)

    def base(self, units, original):
        if original:
            return self.price * units
        return max(0, self.price * units - (self.price * self.quantity - self.left))

    def unit_room(self, left):
        return max(0, left - self.floor)


class Order:
    def __init__(self, document):
        policy = document.get("policy", {})
        self.rounding = policy.get("rounding", "half_up")
        self.signed = policy.get("discount_sign") == "signed"
        self.method = policy.get("allocation", "largest_remainder")
        self.gross_weights = policy.get("weights") == "gross"
        self.level = policy.get("tax_level", "line")
        self.split_tax = policy.get("inclusive_split") == "tax"
        self.each = policy.get("tax_combine") == "each"
        self.document = document
        self.lines = [Part(l.get("id", l["sku"]), l["unit_price"], l["quantity"], l, False) for l in document.get("lines", [])]
        self.shipping = [Part(s["code"], s["amount"], 1, s, True) for s in document.get("shipping", [])]
        self.group_used = {}

    def tax_round(self, x):
        return rounded(x, self.rounding)

    def discount_round(self, x):
        return -rounded(-x, self.rounding) if self.signed else rounded(x, self.rounding)

    def share(self, amount, weights, signed=None):
        return share(amount, weights, self.method, self.discount_round,
                     self.signed if signed is None else signed)

    # --- promotions

    def take_of(self, promotion, value, base, times=1):
        kind = promotion["type"]
        if kind in ("percentage", "buy_x_get_y"):
            return self.discount_round(base * percent(value))
        if kind == "fixed":
            return min(base, value * times)
        if kind in ("fixed_price", "bundle"):
            return max(0, base - value * times)
        return base

    def share_over(self, parts, bases, amount):
        weights, rooms = [], []
        for part, base in zip(parts, bases):
            weight = base
            if self.gross_weights and not part.inclusive:
                weight += self.tax_round(base * sum(part.rates))
            weights.append(weight)
            rooms.append(part.room if part.floor > 0 else min(part.room, base))
        return fit(self.share(amount, weights), weights, rooms)

    def unit_take(self, promotion, value, part, left):
        base = part.price if promotion.get("base") == "original" else left
        return min(self.take_of(promotion, value, base), part.unit_room(left))

    def spread(self, part, amount, begin, end):
        """Takes an amount off the units begin..end of a part."""
        chosen = list(range(begin, end))
        weights = [part.unit_room(part.units[i]) for i in chosen]
        if sum(weights) < amount:
            weights = [part.units[i] for i in chosen]
        if sum(weights) < amount:
            chosen = list(range(part.quantity))
            weights = [part.units[i] for i in chosen]
        total = sum(weights)
        exact = [Fraction(amount * w, total) for w in weights]
        shares = [floor(x) for x in exact]
        rest = amount - sum(shares)
        counted = [i for i, w in enumerate(weights) if w > 0]
        if self.method == "largest_remainder":
            cut = [x - s for x, s in zip(exact, shares)]
            order = sorted(counted, key=lambda i: (-cut[i], -i if self.signed else i))
        elif self.method in ("floor_then_last", "last_gets_rest"):
            order = list(reversed(counted))
        else:
            order = counted
        hand_out(shares, rest, order)
        for i, s in zip(chosen, shares):
            part.units[i] -= s

    def takes(self, promotion, value, parts):
        """For each part: (amount, how it lies on the units, base). A window, or a list by unit."""
        original = promotion.get("base") == "original"
        most = promotion.get("max_quantity")
        target = promotion.get("target", "items")
        allocation = promotion.get("allocation") or ("each_unit" if target == "items" else "across")
        if allocation == "each_unit":
            out = []
            for part in parts:
                units = part.quantity if most is None else min(most, part.quantity)
                base = part.base(units, original)
                if units == part.quantity:
                    by_unit = [self.unit_take(promotion, value, part, left) for left in part.units]
                    out.append((sum(by_unit), by_unit, base))
                    continue
                if promotion["type"] == "percentage":
                    take = min(base, self.discount_round(base * percent(value) / units) * units)
                else:
                    take = self.take_of(promotion, value, base, units)
                out.append((min(take, part.room), (0, units), base))
            return out
        if allocation == "each_line":
            out = []
            for part in parts:
                units = part.quantity if most is None else min(most, part.quantity)
                base = part.base(units, original)
                out.append((min(self.take_of(promotion, value, base), part.room), (0, units), base))
            return out
        if allocation == "cheapest_unit_once":
            best = None
            for k, part in enumerate(parts):
                for i, left in enumerate(part.units):
                    if left > 0 and (best is None or left < best[0]):
                        best = (left, k, i)
            out = [(0, (0, 1), 0) for _ in parts]
            if best:
                left, k, i = best
                base = parts[k].price if original else left
                out[k] = (self.unit_take(promotion, value, parts[k], left), (i, i + 1), base)
            return out
        bases, windows, units_left = [], [], most
        for part in parts:
            units = part.quantity
            if most is not None:
                units = min(units_left, units)
                units_left -= units
            bases.append(part.base(units, original))
            windows.append((0, units))
        count = sum(not part.is_shipping for part in parts)
        if 0 < count < len(parts):
            items, shipping = sum(bases[:count]), sum(bases[count:])
            if promotion["type"] in ("percentage", "free"):
                two = [self.take_of(promotion, value, items), self.take_of(promotion, value, shipping)]
            else:
                whole = self.take_of(promotion, value, items + shipping)
                two = fit(self.share(whole, [items, shipping]), [items, shipping], [items, shipping])
            amounts = (self.share_over(parts[:count], bases[:count], two[0]) +
                       self.share_over(parts[count:], bases[count:], two[1]))
        else:
            amounts = self.share_over(parts, bases, self.take_of(promotion, value, sum(bases)))
        return list(zip(amounts, windows, bases))

    def buy_get(self, promotion, value):
        buy, get = promotion["buy"], promotion["get"]
        buyers = [l for l in self.lines if l.document["sku"] in buy.get("skus", [l.document["sku"]])]
        getters = [l for l in self.lines if l.document["sku"] in get.get("skus", [l.document["sku"]])]
        buyers.sort(key=lambda l: -l.price)
        getters.sort(key=lambda l: l.price if get.get("choice") == "cheapest" else -l.price)

        def deal(times):
            aside = {}
            wanted = buy["quantity"] * times
            for line in buyers:
                aside[line] = min(line.quantity - line.reserved, wanted)
                wanted -= aside[line]
            if wanted:
                return None
            wanted, got = get["quantity"] * times, []
            for line in getters:
                units = min(line.quantity - line.reserved - aside.get(line, 0), wanted)
                if units > 0:
                    got.append((line, units))
                    wanted -= units
            return None if wanted else (aside, got)

        repeats = get.get("repeats", 1)
        best = None
        times = 1
        while times <= sum(l.quantity for l in self.lines):
            found = deal(times)
            if found is None or (repeats is not True and times > int(repeats or 1)):
                break
            best = found
            times += 1
        if best is None:
            return None
        aside, got = best
        out, allowed = [], promotion.get("max_quantity", sum(units for _, units in got))
        for line, units in got:
            units = min(units, allowed)
            allowed -= units
            if units == 0:
                continue
            paid = [i for i, left in enumerate(line.units) if left > 0]
            stop = paid[-1] + 1 if paid else 0
            begin = max(0, stop - units)
            window = line.units[begin:begin + units]
            take = sum(self.unit_take(promotion, value, line, left) for left in window)
            out.append((line, take, (begin, begin + units), sum(window)))
        for line, units in aside.items():
            line.reserved += units
        return out

    def bundle(self, promotion):
        lines = {sku: [l for l in self.lines if l.document["sku"] == sku] for sku in promotion["skus"]}
        times = min(sum(l.quantity for l in ls) for ls in lines.values())
        times = min(times, promotion.get("max_quantity", times))
        if times == 0:
            return None
        parts, windows, bases = [], [], []
        for sku in sorted(lines):
            wanted = times
            for line in lines[sku]:
                units = min(line.quantity, wanted)
                if units == 0:
                    continue
                wanted -= units
                parts.append(line)
                windows.append((0, units))
                bases.append(line.base(units, promotion.get("base") == "original"))
        amount = max(0, sum(bases) - promotion["value"] * times)
        if sum(bases) < promotion["value"] * times:
            return None
        return list(zip(parts, self.share_over(parts, bases, amount), windows, bases))

    def matches(self, promotion, part):
        if part.is_shipping:
            return promotion.get("target") != "shipping" or part.name in promotion.get("skus", [part.name])
        if promotion.get("exclude_discounted") and part.document.get("already_discounted"):
            return False
        return not promotion.get("skus") or part.document["sku"] in promotion["skus"]

    def conditions_hold(self, promotion):
        wanted = promotion.get("conditions", {})
        subtotal = sum(l.left if wanted.get("basis") == "discounted" else l.price * l.quantity for l in self.lines)
        if "contains_sku" in wanted and not any(
                l.document["sku"] == wanted["contains_sku"] and l.quantity > 0 for l in self.lines):
            return False
        return (subtotal >= wanted.get("min_subtotal", 0) and
                sum(l.quantity for l in self.lines) >= wanted.get("min_quantity", 0))

    def tier_value(self, promotion, parts):
        value = promotion.get("value", 100 if promotion["type"] == "buy_x_get_y" else 0)
        tiers = promotion.get("tiers")
        if tiers:
            lines = [p for p in parts if not p.is_shipping]
            if tiers["by"] == "quantity":
                reached = sum(l.quantity for l in lines)
            else:
                original = promotion.get("base") == "original"
                reached = sum(l.price * l.quantity if original else l.left for l in lines)
            for step in tiers["steps"]:
                if step["from"] <= reached:
                    value = step["value"]
        return value

    def apply(self, promotion):
        """Discounts by part name, or None when it does not apply."""
        if not self.conditions_hold(promotion):
            return None
        if promotion["type"] == "buy_x_get_y":
            found = self.buy_get(promotion, promotion.get("value", 100))
        elif promotion["type"] == "bundle":
            found = self.bundle(promotion)
        else:
            target = promotion.get("target", "items")
            parts = [] if target == "shipping" else list(self.lines)
            parts += self.shipping if target in ("shipping", "order_and_shipping") else []
            parts = [part for part in parts if self.matches(promotion, part)]
            value = self.tier_value(promotion, parts)
            found = [(part,) + take for part, take in zip(parts, self.takes(promotion, value, parts))] if parts else None
        if not found:
            return None
        amounts = [f[1] for f in found]
        cap = promotion.get("cap", sum(amounts))
        group = promotion.get("group")
        group_cap = next((p["group_cap"] for p in self.document["promotions"]
                          if p.get("group") == group and "group_cap" in p), None) if group else None
        if group_cap is not None:
            cap = min(cap, group_cap - self.group_used.get(group, 0))
        by_unit_allowed = cap >= sum(amounts)
        if not by_unit_allowed:
            amounts = self.share_over([f[0] for f in found], [f[3] for f in found], cap)
        if sum(amounts) == 0:
            return None
        for (part, _, how, _), amount in zip(found, amounts):
            if amount == 0:
                continue
            if isinstance(how, list):
                if by_unit_allowed:
                    part.units = [left - take for left, take in zip(part.units, how)]
                    continue
                how = (0, part.quantity)
            self.spread(part, amount, *how)
        if group:
            self.group_used[group] = self.group_used.get(group, 0) + sum(amounts)
        return {f[0].name: a for f, a in zip(found, amounts) if a}

    def promote(self):
        promotions = self.document.get("promotions", [])
        results, closed, any_applied = {}, False, False
        for promotion in sorted(promotions, key=lambda p: -p.get("priority", 0)):
            discounts = None
            if not closed and not (any_applied and promotion.get("exclusive")):
                discounts = self.apply(promotion)
            if discounts is not None:
                any_applied = True
                closed = promotion.get("exclusive", False)
            results[promotion["id"]] = discounts
        return results

    # --- taxes

    def tax(self, amount, rates, inclusive):
        """Net and one tax for each rate."""
        if not rates:
            return amount, []
        whole = rates[0] if len(rates) == 1 else sum(rates)
        if self.each and len(rates) > 1:
            taxes, left = [], abs(amount)
            for r in rates:
                tax = self.tax_round(amount * r / (1 + whole if inclusive else 1))
                if inclusive and abs(tax) > left:
                    tax = left if amount > 0 else -left
                left -= abs(tax)
                taxes.append(tax)
            return (amount - sum(taxes) if inclusive else amount), taxes
        if not inclusive:
            net, tax = amount, self.tax_round(amount * whole)
        elif self.split_tax:
            tax = self.tax_round(amount * whole / (1 + whole))
            net = amount - tax
        else:
            net = self.tax_round(amount / (1 + whole))
            tax = amount - net
        return net, self.split(tax, rates)

    @staticmethod
    def split(tax, rates):
        if len(rates) <= 1:
            return [tax] * len(rates)
        size = share(abs(tax), list(rates), "largest_remainder")
        return [-s for s in size] if tax < 0 else size

    def line_taxes(self):
        if self.level == "line":
            return [self.tax(l.left, l.rates, l.inclusive) for l in self.lines]
        if self.level == "unit":
            out = []
            for line in self.lines:
                each = [self.tax(left, line.rates, line.inclusive) for left in line.units]
                out.append((sum(e[0] for e in each), [sum(e[1][k] for e in each) for k in range(len(line.rates))]))
            return out
        return self.order_taxes()

    def order_taxes(self):
        groups = {}
        for i, line in enumerate(self.lines):
            if self.each and len(line.rates) > 1:
                for rate in dict.fromkeys(line.rates):
                    groups.setdefault((rate, sum(line.rates), line.inclusive), []).append((i, line.rates.index(rate)))
            elif line.rates:
                groups.setdefault((sum(line.rates), sum(line.rates), line.inclusive), []).append((i, 0))
        taxes = [[0] * len(line.rates) for line in self.lines]
        for (rate, whole, inclusive), members in groups.items():
            total = sum(self.lines[i].left for i, _ in members)
            if not inclusive:
                tax = self.tax_round(total * rate)
            elif whole == rate and not self.split_tax:
                tax = total - self.tax_round(total / (1 + whole))
            else:
                tax = self.tax_round(total * rate / (1 + whole))
            weights = [self.lines[i].left for i, _ in members]
            shares = self.share_tax(tax, weights)
            if inclusive:
                shares = fit(shares, weights, [self.lines[i].left - sum(taxes[i]) for i, _ in members])
            for (i, k), part in zip(members, shares):
                taxes[i][k] += part
        out = []
        for line, tax in zip(self.lines, taxes):
            net = line.left - sum(tax) if line.inclusive else line.left
            if not self.each and len(line.rates) > 1:
                tax = self.split(sum(tax), line.rates)
            out.append((net, tax))
        return out

    def share_tax(self, tax, weights):
        return share(tax, weights, self.method, self.discount_round, False)

    def shipping_tax(self, part, lines):
        rates = part.rates
        if part.document.get("tax_mode") == "weighted":
            weight = sum(net for net, _ in lines)
            if weight > 0:
                rates = [Fraction(sum(net * sum(l.rates) for l, (net, _) in zip(self.lines, lines))) / weight]
        return rates, self.tax(part.left, rates, part.inclusive)

    def price(self):
        promotions = self.promote()
        taxed = self.line_taxes()
        result = {"items_net": 0, "items_gross": 0, "shipping_net": 0, "shipping_gross": 0,
                  "tax_included": 0, "tax_excluded": 0, "lines": [],
                  "promotions": {k: v for k, v in promotions.items()}}
        for line, (net, taxes) in zip(self.lines, taxed):
            tax = sum(taxes)
            result["lines"].append({
                "id": line.name, "net": net, "gross": net + tax, "tax": tax,
                "discount": line.price * line.quantity - line.left,
                "unit_discounts": [line.price - left for left in line.units]})
            result["items_net"] += net
            result["items_gross"] += net + tax
            result["tax_included" if line.inclusive else "tax_excluded"] += tax
        for part in self.shipping:
            _, (net, taxes) = self.shipping_tax(part, taxed)
            result["shipping_net"] += net
            result["shipping_gross"] += net + sum(taxes)
            result["tax_included" if part.inclusive else "tax_excluded"] += sum(taxes)
        for fee in self.document.get("fees", []):
            rates, inclusive = [percent(r) for r in fee.get("tax_rates", [])], fee.get("tax_inclusive", False)
            net, taxes = self.tax(fee["amount"], rates, inclusive)
            if result["items_net"] + net < 0 or result["items_gross"] + net + sum(taxes) < 0:
                return None  # a credit that is larger than the items is cut: only what is true of any result is checked
            result["items_net"] += net
            result["items_gross"] += net + sum(taxes)
            result["tax_included" if inclusive else "tax_excluded"] += sum(taxes)
        result["items_discount"] = sum(l["discount"] for l in result["lines"])
        result["shipping_discount"] = sum(p.price - p.left for p in self.shipping)
        result["discount_total"] = result["items_discount"] + result["shipping_discount"]
        result["tax_total"] = result["tax_included"] + result["tax_excluded"]
        result["total_net"] = result["items_net"] + result["shipping_net"]
        result["total_gross"] = result["items_gross"] + result["shipping_gross"]
        return result


# --- random documents

RATES = [0, 5, 7, 10, 19, 20, 21, "5.5", "7.7", "8.875", "9.975", 25]


def maybe(rnd, chance):
    return rnd.random() < chance


def random_policy(rnd):
    words = {
        "rounding": ["half_up", "half_away", "half_even", "down", "up"],
        "discount_sign": ["positive", "signed"],
        "allocation": ["largest_remainder", "floor_then_first", "floor_then_last", "round_then_first", "last_gets_rest"],
        "weights": ["listed", "gross"],
        "tax_level": ["line", "unit", "order"],
        "inclusive_split": ["net", "tax"],
        "tax_combine": ["sum", "each"],
    }
    return {key: rnd.choice(values) for key, values in words.items() if maybe(rnd, 0.7)}


def random_rates(rnd):
    return [rnd.choice(RATES) for _ in range(rnd.choice([0, 1, 1, 1, 1, 2, 3]))]


def random_value(rnd, kind, scale):
    if kind in ("percentage", "buy_x_get_y"):
        return rnd.choice([5, 10, 15, 20, 33, 50, 100, "12.5", "33.333333"])
    if kind == "fixed_price":
        return rnd.randint(0, scale)
    return rnd.choice([1, 2, 3, 100, 500, min(10**15, rnd.randint(1, 3 * scale))])


def random_promotion(rnd, i, skus, codes, scale):
    kind = rnd.choice(["percentage", "percentage", "fixed", "fixed", "fixed_price", "free", "buy_x_get_y", "bundle"])
    promotion = {"id": f"p{i}", "type": kind}
    if kind == "bundle":
        promotion["skus"] = sorted(set(rnd.choice(skus) for _ in range(rnd.choice([1, 2, 2]))))
    elif kind == "buy_x_get_y":
        promotion["buy"] = {"quantity": rnd.randint(1, 3)}
        promotion["get"] = {"quantity": rnd.randint(1, 2)}
        for side in ("buy", "get"):
            if maybe(rnd, 0.4):
                promotion[side]["skus"] = [rnd.choice(skus)]
        if maybe(rnd, 0.5):
            promotion["get"]["choice"] = rnd.choice(["cheapest", "dearest"])
        if maybe(rnd, 0.2):
            promotion["max_quantity"] = rnd.randint(1, 4)
        if maybe(rnd, 0.5):
            promotion["get"]["repeats"] = rnd.choice([1, 2, True, False])
    else:
        promotion["target"] = rnd.choice(["items", "items", "order", "order", "shipping", "order_and_shipping"])
        if maybe(rnd, 0.7):
            promotion["allocation"] = rnd.choice(["each_unit", "each_line", "across", "cheapest_unit_once"])
        if maybe(rnd, 0.3):
            promotion["skus"] = [rnd.choice(codes if codes and promotion["target"] == "shipping" else skus)]
        if maybe(rnd, 0.2):
            promotion["max_quantity"] = rnd.randint(1, 4)
        if maybe(rnd, 0.1):
            promotion["tiers"] = {"by": "quantity", "steps": [
                {"from": 3, "value": random_value(rnd, kind, scale)},
                {"from": 6, "value": random_value(rnd, kind, scale)}]}
    if kind != "free" and (kind != "buy_x_get_y" or maybe(rnd, 0.5)):
        promotion["value"] = random_value(rnd, "fixed_price" if kind == "bundle" else kind, scale)
    if maybe(rnd, 0.2):
        promotion["cap"] = min(10**15, rnd.randint(1, 2 * scale))
    if maybe(rnd, 0.2):
        promotion["base"] = rnd.choice(["original", "running"])
    if maybe(rnd, 0.1):
        promotion["exclude_discounted"] = True
    if maybe(rnd, 0.1):
        promotion["priority"] = rnd.randint(-2, 2)
    if maybe(rnd, 0.1):
        promotion["exclusive"] = True
    if maybe(rnd, 0.1):
        promotion["group"] = "g"
        promotion["group_cap"] = min(10**15, rnd.randint(1, 2 * scale))
    if maybe(rnd, 0.2):
        promotion["conditions"] = rnd.choice([
            {"min_subtotal": min(10**15, rnd.randint(0, 6 * scale))},
            {"min_subtotal": min(10**15, rnd.randint(0, 6 * scale)), "basis": "discounted"},
            {"min_quantity": rnd.randint(0, 8)}, {"contains_sku": rnd.choice(skus)}])
    return promotion


def random_document(rnd):
    scale = rnd.choice([5, 100, 1000, 5000, 5000, 100000, 10**9, 10**15])
    document = {"currency": rnd.choice(["EUR", "JPY", "BHD"]), "policy": random_policy(rnd), "lines": []}
    for i in range(rnd.choice([1, 1, 2, 2, 3, 4, 6])):
        line = {"sku": rnd.choice("abcd"), "id": f"l{i}", "unit_price": rnd.randint(0, scale),
                "quantity": rnd.choice([0, 1, 1, 1, 2, 3, 5, 7]), "tax_rates": random_rates(rnd)}
        if maybe(rnd, 0.5):
            line["tax_inclusive"] = True
        if maybe(rnd, 0.1):
            line["floor_unit_price"] = rnd.randint(0, scale)
        if maybe(rnd, 0.1):
            line["already_discounted"] = True
        document["lines"].append(line)
    document["shipping"] = []
    for i in range(rnd.choice([0, 0, 1, 1, 2])):
        document["shipping"].append({
            "code": f"s{i}", "amount": rnd.randint(0, scale), "tax_rates": random_rates(rnd),
            "tax_inclusive": maybe(rnd, 0.5), "tax_mode": rnd.choice(["own", "weighted"])})
    document["fees"] = []
    for i in range(rnd.choice([0, 0, 0, 1, 2])):
        document["fees"].append({"code": f"f{i}", "amount": rnd.randint(-scale // 4, 0) if maybe(rnd, 0.3) else rnd.randint(0, scale), "tax_rates": random_rates(rnd),
                                 "tax_inclusive": maybe(rnd, 0.5)})
    skus = [line["sku"] for line in document["lines"]]
    codes = [s["code"] for s in document["shipping"]]
    document["promotions"] = [random_promotion(rnd, i, skus, codes, scale) for i in range(rnd.choice([0, 1, 1, 2, 3, 4]))]
    return document


def random_refund(rnd, document):
    """Gives back every unit and shipment in a random order, with some amounts between, and then the rest."""
    steps = []
    for line in document["lines"]:
        left = line["quantity"]
        while left > 0:
            units = rnd.randint(1, left)
            steps.append({"line": line["id"], "quantity": units})
            left -= units
    steps += [{"sku": s["code"], "quantity": 1} for s in document["shipping"]]
    rnd.shuffle(steps)
    return {"order": document, "refund": steps}


# --- comparing

def differences(document, theirs):
    """What differs between the model's result and the library's."""
    ours = Order(document).price()
    for key, value in (ours or {}).items():
        if key == "lines":
            for mine, other in zip(value, theirs["lines"]):
                for name, number in mine.items():
                    if other[name] != number:
                        yield f"{mine['id']}.{name}: model {number}, library {other[name]}"
        elif key == "promotions":
            for other in theirs["promotions"]:
                mine = value[other["id"]]
                if other["applied"] != (mine is not None) or other["discounts"] != (mine or {}):
                    yield f"promotion {other['id']}: model {mine}, library {other}"
        elif theirs[key] != value:
            yield f"{key}: model {value}, library {theirs[key]}"
    yield from properties(document, theirs)


def properties(document, r):
    """What has to be true of any result."""
    if sum(l["net"] for l in r["lines"]) + sum(f["net"] for f in r["fees"]) != r["items_net"]:
        yield "lines and fees do not add up to items_net"
    if r["total_gross"] != r["total_net"] + r["tax_total"]:
        yield "net and tax do not add up to gross"
    if sum(t["amount"] for t in r["taxes"]) != r["tax_total"]:
        yield "taxes do not add up to tax_total"
    if sum(sum(p["discounts"].values()) for p in r["promotions"]) != r["discount_total"]:
        yield "promotions do not add up to discount_total"
    for line, out in zip(document["lines"], r["lines"]):
        if not 0 <= out["discount"] <= line["unit_price"] * line["quantity"]:
            yield "a discount is out of bounds"
        if sum(out["unit_discounts"]) != out["discount"] or len(out["unit_discounts"]) != line["quantity"]:
            yield "unit discounts do not add up"
        if any(not 0 <= d <= line["unit_price"] for d in out["unit_discounts"]):
            yield "a unit's discount is out of bounds"
        if out["net"] + out["tax"] != out["gross"]:
            yield "a line does not add up"
    if min(r[k] for k in ("items_net", "items_gross", "shipping_net", "shipping_gross", "total_net", "total_gross")) < 0:
        yield "a total is below zero"
    yield from explained(r)


def explained(r):
    """The explanation's numbers sum to the result."""
    sums = {}
    for step in r["explanation"]["steps"]:
        key = (step["part"], step.get("id"), step["kind"])
        sums[key] = sums.get(key, 0) + step["amount"]
    for part, entries, name in (("line", r["lines"], "id"), ("shipping", r["shipping"], "code")):
        for entry in entries:
            listed = sums.get((part, entry[name], "price"), 0)
            taken = sums.get((part, entry[name], "share"), 0)
            net, tax = sums.get((part, entry[name], "net"), 0), sums.get((part, entry[name], "tax"), 0)
            if taken != entry["discount"] or net != entry["net"] or tax != entry["tax"]:
                yield f"the explanation of {entry[name]} does not add up"
            if listed - taken not in (net, net + tax):
                yield f"the explanation of {entry[name]} leads elsewhere"


def refund_differences(result):
    remaining = result["captured"]
    for step in result["steps"]:
        if step["amount"] < 0 or step["remaining"] != remaining - step["amount"]:
            yield "a step does not add up"
        remaining = step["remaining"]
    if remaining != result["remaining"] or remaining < 0:
        yield "what remains is wrong"


def compare(program, documents, refunds):
    """Prices all documents and says what differs. Returns how many did."""
    lines = "".join(json.dumps(d) + "\n" for d in documents + refunds)
    run = subprocess.run([program, "--explain"], input=lines, capture_output=True, text=True, check=True)
    answers = run.stdout.splitlines()
    assert len(answers) == len(documents) + len(refunds), "one answer for each document"
    wrong = 0
    for i, (document, answer) in enumerate(zip(documents + refunds, answers)):
        answer = json.loads(answer)
        if "error" in answer:
            found = [f"refused: {answer}"]
        elif i < len(documents):
            found = list(differences(document, answer))
        else:
            found = list(refund_differences(answer))
            fees = document["order"]["fees"]
            if not found and not fees and answer["remaining"] != 0:
                found = [f"{answer['remaining']} is left when everything has come back"]
        if found:
            wrong += 1
            if wrong <= 3:
                print(json.dumps(document), *found[:6], sep="\n  ", file=sys.stderr)
    return wrong


def compare_many(task):
    """Prices `count` random documents of a seed in batches; how many differ."""
    program, seed, count = task
    rnd, wrong, done = random.Random(seed), 0, 0
    while done < count:
        batch = min(BATCH, count - done)
        documents = [random_document(rnd) for _ in range(batch)]
        refunds = [random_refund(rnd, d) for d in documents[:batch // 10]]
        wrong += compare(program, documents, refunds)
        done += batch
    return wrong


def run(program, count, seed, processes):
    """How many of `count` random documents differ, priced by so many processes at once."""
    tasks, left = [], count
    while left > 0:
        tasks.append((program, f"{seed}.{len(tasks)}", min(TASK, left)))
        left -= TASK
    with multiprocessing.Pool(processes) as pool:
        return sum(pool.imap_unordered(compare_many, tasks))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--count", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=int, default=2)
    options = parser.parse_args()
    start = time.monotonic()
    wrong = run(options.program, options.count, options.seed, options.processes)
    print(f"{options.count} random documents, {wrong} differ, {time.monotonic() - start:.1f} s, seed {options.seed}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
