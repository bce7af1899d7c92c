#!/usr/bin/env python3
"""A stand-in for Stripe: PaymentIntents and refunds over HTTP, with keys, books and signed events. See standin.py.

What a payment comes to depends on the payment method:

    pm_ok              succeeds, or waits for its capture
    pm_declined        is declined by the bank
    pm_step            needs a step; POST /_test/step with attempt=… and approve=1 or 0 takes it
    pm_silent          succeeds, and its confirmation is never answered
    pm_never           is not carried out, and its confirmation is never answered
    any other          does not exist
"""
import hashlib
import hmac
import json
import re
import sys
import time
import urllib.parse

import standin

SECRET = "whsec_of_the_stand_in"
KEY = "sk_test_of_the_stand_in"
FINAL = ("succeeded", "canceled")


class StripeBooks(standin.Books):
    def reset(self):
        super().reset()
        self.intents, self.refunds, self.pages = {}, {}, {}
        self.search_lags = False

    def event(self, kind, thing):
        body = json.dumps({"id": self.next_id("evt_"), "object": "event", "type": kind, "created": int(time.time()),
                           "livemode": False, "data": {"object": thing}})
        self.announce(body)


def error(status, kind, code=None, intent=None, **more):
    body = {"error": {"type": kind, "message": "the stand-in says no", **more}}
    if code:
        body["error"]["code"] = code
    if intent:
        body["error"]["payment_intent"] = json.loads(json.dumps(intent))
    return standin.Answer(status, body)


def metadata(form):
    found = {}
    for name, value in form.items():
        if match := re.fullmatch(r"metadata\[(\w+)\]", name):
            found[match[1]] = value
    return found


class Stripe(standin.Handler):
    key_header = "Idempotency-Key"

    def conflict(self, why):
        return error(400, "idempotency_error")

    def sign(self, body, now):
        digest = hmac.new(SECRET.encode(), f"{now}.{body}".encode(), hashlib.sha256).hexdigest()
        return f"t={now},v1={digest}"

    def carry_out(self, method, path, query, body):
        if self.headers.get("Authorization") not in (f"Bearer {KEY}", "Bearer sk_test_peer"):
            raise error(401, "invalid_request_error")
        form = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
        parts = path.strip("/").split("/")[1:]
        if parts[0] == "payment_intents":
            return self.payment_intents(method, parts[1:], query, form)
        if parts[:2] == ["checkout", "sessions"]:
            return self.checkout(method, parts[2:], form)
        if parts[0] == "refunds":
            return self.all_refunds(method, parts[1:], query, form)
        raise error(404, "invalid_request_error", "resource_missing")

    # ---- payment intents -------------------------------------------------------------------------

    def payment_intents(self, method, rest, query, form):
        books = self.books
        if method == "POST" and not rest:
            return self.create(form)
        if rest == ["search"]:
            wanted = re.search(r'metadata\["attempt"\]:"([^"]+)"', query["query"])[1]
            found = [] if books.search_lags else \
                [each for each in books.intents.values() if each["metadata"].get("attempt") == wanted]
            return {"object": "search_result", "data": found, "has_more": False}
        if not rest:
            return {"object": "list", "data": list(books.intents.values()), "has_more": False}
        intent = books.intents.get(rest[0])
        if intent is None:
            raise error(404, "invalid_request_error", "resource_missing")
        if len(rest) == 1 and method == "POST":
            intent["metadata"].update(metadata(form))
            return dict(intent)
        if len(rest) == 1:
            return intent
        return {"confirm": self.confirm, "cancel": self.cancel, "capture": self.capture}[rest[1]](intent, form)

    def create(self, form):
        books = self.books
        if int(form["amount"]) < 1 or len(form["currency"]) != 3 or not form["currency"].islower():
            raise error(400, "invalid_request_error", "parameter_invalid")
        intent = {"id": books.next_id("pi_"), "object": "payment_intent", "amount": int(form["amount"]),
                  "amount_capturable": 0, "amount_received": 0, "currency": form["currency"],
                  "status": "requires_payment_method", "metadata": metadata(form), "last_payment_error": None,
                  "next_action": None, "created": int(time.time()), "livemode": False}
        books.intents[intent["id"]] = intent
        books.event("payment_intent.created", intent)
        if form.get("confirm") == "true":
            return self.confirm(intent, form)
        return dict(intent)

    def unexpected(self, intent):
        return error(400, "invalid_request_error", "payment_intent_unexpected_state", intent)

    def confirm(self, intent, form):
        books, means = self.books, form.get("payment_method") or form.get("confirmation_token", "")
        if intent["status"] != "requires_payment_method":
            raise self.unexpected(intent)
        if means == "pm_never":
            return dict(intent)
        if means not in ("pm_ok", "pm_declined", "pm_step", "pm_silent", "ctoken_ok"):
            raise error(404, "invalid_request_error", "resource_missing")
        intent["manual"] = form.get("capture_method") == "manual"
        if means == "pm_declined":
            return self.decline(intent, "card_declined", "insufficient_funds")
        if means == "pm_step":
            intent["status"] = "requires_action"
            intent["next_action"] = {"type": "redirect_to_url",
                                     "redirect_to_url": {"url": f"https://hooks.example/3ds/{intent['id']}",
                                                         "return_url": form["return_url"]}}
            books.event("payment_intent.requires_action", intent)
            return dict(intent)
        return self.succeed(intent)

    def decline(self, intent, code, reason):
        intent["status"] = "requires_payment_method"
        intent["next_action"] = None
        intent["last_payment_error"] = {"type": "card_error", "code": code, "decline_code": reason}
        self.books.event("payment_intent.payment_failed", intent)
        raise error(402, "card_error", code, intent, decline_code=reason)

    def succeed(self, intent):
        intent["next_action"] = intent["last_payment_error"] = None
        if intent.get("manual"):
            intent["status"], intent["amount_capturable"] = "requires_capture", intent["amount"]
            self.books.event("payment_intent.amount_capturable_updated", intent)
        else:
            intent["status"], intent["amount_received"] = "succeeded", intent["amount"]
            self.books.event("payment_intent.succeeded", intent)
        return dict(intent)

    def cancel(self, intent, form):
        if intent["status"] in FINAL:
            raise self.unexpected(intent)
        intent["status"], intent["amount_capturable"] = "canceled", 0
        self.books.event("payment_intent.canceled", intent)
        return dict(intent)

    def capture(self, intent, form):
        amount = int(form.get("amount_to_capture", intent["amount_capturable"]))
        if intent["status"] != "requires_capture":
            raise self.unexpected(intent)
        if amount > intent["amount_capturable"]:
            raise error(400, "invalid_request_error", "amount_too_large")
        intent.update(status="succeeded", amount_received=amount, amount_capturable=0)
        self.books.event("payment_intent.succeeded", intent)
        return dict(intent)

    # ---- pages -----------------------------------------------------------------------------------

    def checkout(self, method, rest, form):
        books = self.books
        if not rest:
            page = {"id": books.next_id("cs_test_" + 40 * "a"), "object": "checkout.session", "status": "open",
                    "payment_intent": None, "metadata": metadata(form), "form": form}
            page["url"] = f"https://checkout.example/{page['id']}"
            books.pages[page["id"]] = page
            return dict(page)
        page = books.pages.get(rest[0])
        if page is None:
            raise error(404, "invalid_request_error", "resource_missing")
        if rest[1:] == ["expire"]:
            if page["status"] != "open":
                raise error(400, "invalid_request_error")
            page["status"], page["url"] = "expired", None
        return dict(page)

    def pay_page(self, page, means):
        """What Stripe does when the buyer presses the button on its page."""
        form = page["form"]
        intent = {"id": self.books.next_id("pi_"), "object": "payment_intent",
                  "amount": int(form["line_items[0][price_data][unit_amount]"]), "amount_capturable": 0,
                  "amount_received": 0, "currency": form["line_items[0][price_data][currency]"],
                  "status": "requires_payment_method", "last_payment_error": None, "next_action": None,
                  "metadata": {name: form[f"payment_intent_data[metadata][{name}]"] for name in ("attempt", "order", "by")}}
        self.books.intents[intent["id"]] = intent
        intent["manual"] = form["payment_intent_data[capture_method]"] == "manual"
        if means == "declined":
            try:
                self.decline(intent, "card_declined", "insufficient_funds")
            except standin.Answer:
                return  # the buyer stays on the page
        if page["status"] == "open":
            self.succeed(intent)
            page.update(status="complete", url=None, payment_intent=intent)

    # ---- refunds ---------------------------------------------------------------------------------

    def all_refunds(self, method, rest, query, form):
        books = self.books
        if rest:
            if rest[0] not in books.refunds:
                raise error(404, "invalid_request_error", "resource_missing")
            return books.refunds[rest[0]]
        if method == "GET":
            found = [each for each in books.refunds.values() if each["payment_intent"] == query.get("payment_intent")]
            return {"object": "list", "data": found, "has_more": False}
        intent = books.intents.get(form["payment_intent"])
        if intent is None:
            raise error(404, "invalid_request_error", "resource_missing")
        amount = int(form["amount"])
        if amount > self.kept(intent):
            raise error(400, "invalid_request_error", "charge_already_refunded" if self.kept(intent) == 0 else None)
        refund = {"id": books.next_id("re_"), "object": "refund", "amount": amount, "currency": intent["currency"],
                  "payment_intent": intent["id"], "status": "succeeded", "metadata": metadata(form)}
        books.refunds[refund["id"]] = refund
        books.event("refund.created", refund)
        return dict(refund)

    def kept(self, intent):
        given_back = sum(each["amount"] for each in self.books.refunds.values()
                         if each["payment_intent"] == intent["id"] and each["status"] in ("succeeded", "pending"))
        return intent["amount_received"] - given_back

    # ---- silence, and the test's own calls -------------------------------------------------------

    def answer_with(self, fault, method, path, query, body):
        silent = path.endswith("/confirm") and ("pm_silent" in body or "pm_never" in body)
        if silent and fault is None:
            fault = standin.Fault("drop")
        super().answer_with(fault, method, path, query, body)

    def steer_more(self, what, query, form):
        books = self.books
        if what == "step":
            intent = next(each for each in books.intents.values() if each["metadata"].get("attempt") == form["attempt"])
            if form["approve"] == "1":
                self.succeed(intent)
            else:
                try:
                    self.decline(intent, "payment_intent_authentication_failure", "authentication_failed")
                except standin.Answer:
                    pass
            self.send_answer(200, b"")
        elif what == "page":  # the buyer pays on the page of an attempt
            self.pay_page(next(each for each in books.pages.values() if each["metadata"]["attempt"] == form["attempt"]),
                          form["means"])
            self.send_answer(200, b"")
        elif what == "kept":
            total = sum(self.kept(each) for each in books.intents.values()
                        if each["metadata"].get("order") == query["order"])
            self.send_answer(200, str(total).encode())
        elif what == "status":  # of the newest refund, or intent
            newest = list((books.refunds if form["what"] == "refund" else books.intents).values())[-1]
            newest["status"] = form["status"]
            self.send_answer(200, b"")
        elif what == "forget":  # keys live for a day
            books.keys.clear()
            self.send_answer(200, b"")
        elif what == "lag":
            books.search_lags = form["on"] == "1"
            self.send_answer(200, b"")
        else:
            self.send_answer(404, b"")


if __name__ == "__main__":
    sys.exit(standin.serve(Stripe, StripeBooks()))
