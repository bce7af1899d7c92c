#!/usr/bin/env python3
"""A stand-in for PayPal: tokens, Orders v2, payments and the check of webhooks. See standin.py.

What saved means (a vault id) come to:

    vault_ok           paid, or held
    vault_declined     declined by the bank
    vault_silent       paid, and the answer is never given
    vault_never        not paid, and the answer is never given

A buyer on PayPal's page is POST /_test/step with attempt=… and approve=1 or 0; who does not approve has declined.
"""
import base64
import hashlib
import json
import re
import sys
import time
import urllib.parse

import standin

CLIENT, SECRET, WEBHOOK_ID = "client_of_the_stand_in", "secret_of_the_stand_in", "WH5XYZ"


class PayPalBooks(standin.Books):
    def reset(self):
        super().reset()
        self.orders, self.holds, self.captures, self.tokens = {}, {}, {}, {}
        self.token_life = 32400

    def event(self, kind, resource):
        self.announce(json.dumps({"id": self.next_id("WH-"), "event_type": kind, "resource_type": kind.split(".")[1].lower(),
                                  "create_time": "2025-01-01T00:00:00Z", "resource": resource}))


def problem(status, issue):
    return standin.Answer(status, {"name": "UNPROCESSABLE_ENTITY" if status == 422 else issue,
                                   "details": [{"issue": issue}]})


def minor(amount):
    return round(float(amount["value"]) * 100)


def like(amount, value):
    return {"currency_code": amount["currency_code"], "value": f"{value / 100:.2f}"}


class PayPal(standin.Handler):
    key_header = "PayPal-Request-Id"

    def conflict(self, why):
        return problem(422, "DUPLICATE_REQUEST_ID")

    def fail(self, status):
        return {"name": "INTERNAL_SERVER_ERROR"}

    def sign(self, body, now):
        digest = base64.b64encode(hashlib.sha256(f"{now}|{WEBHOOK_ID}|{body}".encode()).digest()).decode()
        return "\r".join((f"PayPal-Transmission-Time: {now}", "PAYPAL-AUTH-ALGO: SHA256withRSA",
                          f"PayPal-Transmission-Sig: {digest}", "paypal-transmission-id: t-1",
                          "PayPal-Cert-Url: https://api.paypal.com/v1/notifications/certs/CERT-1"))

    def carry_out(self, method, path, query, body):
        if path == "/v1/oauth2/token":
            return self.token(body)
        bearer = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if self.books.tokens.get(bearer, 0) < time.time():
            raise standin.Answer(401, {"error": "invalid_token"})
        document = json.loads(body) if body else {}
        if path == "/v1/notifications/verify-webhook-signature":
            return self.verify(document, body)
        parts = path.strip("/").split("/")[1:]
        if parts[:2] == ["checkout", "orders"]:
            return self.checkout(method, parts[2:], document)
        if parts[:2] == ["payments", "authorizations"]:
            return self.hold(parts[2:], document)
        if parts[:2] == ["payments", "captures"]:
            return self.refund(parts[2], document)
        raise problem(404, "INVALID_RESOURCE_ID")

    def token(self, body):
        basic = "Basic " + base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if self.headers.get("Authorization") != basic or body != "grant_type=client_credentials":
            raise standin.Answer(401, {"error": "invalid_client"})
        token = self.books.next_id("A21AA")
        self.books.tokens[token] = time.time() + self.books.token_life
        return {"access_token": token, "token_type": "Bearer", "expires_in": self.books.token_life}

    def verify(self, asked, raw):
        event = raw[raw.index('"webhook_event":') + len('"webhook_event":'):-1]  # the bytes, not what they mean
        digest = base64.b64encode(hashlib.sha256(
            f"{asked['transmission_time']}|{asked['webhook_id']}|{event}".encode()).digest()).decode()
        good = digest == asked["transmission_sig"] and asked["auth_algo"] == "SHA256withRSA"
        return {"verification_status": "SUCCESS" if good else "FAILURE"}

    # ---- orders ----------------------------------------------------------------------------------

    def remembered(self, method, path, query, body):
        """A repeated creation is answered with the order as it is now, and 200 for 201."""
        known = self.headers.get(self.key_header) in self.books.keys
        status, answer, headers = super().remembered(method, path, query, body)
        if known and path == "/v2/checkout/orders" and status == 201:
            return 200, self.books.orders[answer["id"]], {}
        return status, answer, {name: value for name, value in headers.items() if name != "Idempotent-Replayed"}

    def checkout(self, method, rest, document):
        books = self.books
        if not rest:
            unit = document["purchase_units"][0]
            order = {"id": books.next_id("O"), "status": "CREATED", "intent": document["intent"],
                     "purchase_units": [dict(unit, payments={})], "links": []}
            context = document["application_context"]
            assert context["return_url"] and context["cancel_url"] and context["user_action"] == "PAY_NOW"
            order["links"] = [{"rel": "self", "href": f"https://api.paypal.com/v2/checkout/orders/{order['id']}"},
                              {"rel": "approve", "href": f"https://www.paypal.com/checkoutnow?token={order['id']}"}]
            books.orders[order["id"]] = order
            raise standin.Answer(201, json.loads(json.dumps(order)))
        order = books.orders.get(rest[0])
        if order is None:
            raise problem(404, "INVALID_RESOURCE_ID")
        if method == "GET":
            return order
        if method == "PATCH":
            return self.patch(order, document)
        return self.pay(order, rest[1], document)

    def patch(self, order, changes):
        if order["status"] not in ("CREATED", "APPROVED"):  # all that PayPal promises
            raise problem(422, "ORDER_COMPLETED_OR_VOIDED")
        for change in changes:
            if change["path"] == "/intent":
                order["intent"] = change["value"]
            elif re.fullmatch(r"/purchase_units/@reference_id=='default'/custom_id", change["path"]):
                order["purchase_units"][0]["custom_id"] = change["value"]
            else:
                raise problem(422, "NOT_PATCHABLE")
        raise standin.Answer(204, b"")

    def pay(self, order, how, document):
        saved = document.get("payment_source", {}).get("paypal", {}).get("vault_id")
        if order["status"] == "COMPLETED":
            raise problem(422, "ORDER_ALREADY_CAPTURED" if how == "capture" else "ORDER_ALREADY_AUTHORIZED")
        if saved == "vault_declined":
            raise problem(422, "INSTRUMENT_DECLINED")
        if saved is None and order["status"] != "APPROVED":
            raise problem(422, "ORDER_NOT_APPROVED")
        if saved == "vault_never":
            return order
        if saved not in (None, "vault_ok", "vault_silent"):
            raise problem(422, "TOKEN_NOT_FOUND")
        if (how == "capture") != (order["intent"] == "CAPTURE"):
            raise problem(422, "ACTION_DOES_NOT_MATCH_INTENT")
        unit, payments = order["purchase_units"][0], order["purchase_units"][0]["payments"]
        order["status"] = "COMPLETED"
        if how == "capture":
            payments["captures"] = [self.capture(order, unit["amount"])]
        else:
            hold = {"id": self.books.next_id("H"), "status": "CREATED", "amount": unit["amount"],
                    "custom_id": unit["custom_id"]}
            self.books.holds[hold["id"]] = (order, hold)
            payments["authorizations"] = [hold]
            self.tell("PAYMENT.AUTHORIZATION.CREATED", order, hold)
        raise standin.Answer(201, json.loads(json.dumps(order)))

    def capture(self, order, amount):
        capture = {"id": self.books.next_id("C"), "status": "COMPLETED", "amount": amount,
                   "custom_id": order["purchase_units"][0]["custom_id"]}
        self.books.captures[capture["id"]] = (order, capture)
        self.tell("PAYMENT.CAPTURE.COMPLETED", order, capture)
        return capture

    def tell(self, kind, order, resource):
        self.books.event(kind, {**resource, "supplementary_data": {"related_ids": {"order_id": order["id"]}}})

    def hold(self, rest, document):
        order, hold = self.books.holds[rest[0]]
        if hold["status"] != "CREATED":
            raise problem(422, "AUTHORIZATION_VOIDED" if hold["status"] == "VOIDED" else "AUTHORIZATION_ALREADY_CAPTURED")
        if rest[1] == "void":
            hold["status"] = "VOIDED"
            raise standin.Answer(204, b"")
        if minor(document["amount"]) > minor(hold["amount"]):
            raise problem(422, "MAX_CAPTURE_AMOUNT_EXCEEDED")
        hold["status"] = "CAPTURED"
        capture = self.capture(order, document["amount"])
        order["purchase_units"][0]["payments"]["captures"] = [capture]
        raise standin.Answer(201, capture)

    # ---- refunds ---------------------------------------------------------------------------------

    def kept(self, order):
        payments = order["purchase_units"][0]["payments"]
        return sum(minor(each["amount"]) for each in payments.get("captures", [])) - \
            sum(minor(each["amount"]) for each in payments.get("refunds", []))

    def refund(self, capture_id, document):
        order, capture = self.books.captures[capture_id]
        amount = minor(document["amount"]) if "amount" in document else self.kept(order)
        if amount > self.kept(order) or amount == 0:
            raise problem(422, "CAPTURE_FULLY_REFUNDED" if self.kept(order) == 0 else "REFUND_AMOUNT_EXCEEDED")
        refund = {"id": self.books.next_id("R"), "status": "COMPLETED", "amount": like(capture["amount"], amount)}
        if "custom_id" in document:
            refund["custom_id"] = document["custom_id"]
        order["purchase_units"][0]["payments"].setdefault("refunds", []).append(refund)
        capture["status"] = "REFUNDED" if self.kept(order) == 0 else "PARTIALLY_REFUNDED"
        self.tell("PAYMENT.CAPTURE.REFUNDED", order, refund)
        raise standin.Answer(201, refund)

    # ---- silence, and the test's own calls -------------------------------------------------------

    def answer_with(self, fault, method, path, query, body):
        if fault is None and ("vault_silent" in body or "vault_never" in body):
            fault = standin.Fault("drop")
        super().answer_with(fault, method, path, query, body)

    def of_attempt(self, attempt):
        return next(each for each in self.books.orders.values()
                    if each["purchase_units"][0]["custom_id"].startswith(attempt))

    def steer_more(self, what, query, form):
        books = self.books
        if what == "step":
            order = self.of_attempt(form["attempt"])
            if form["approve"] == "1":
                order["status"] = "APPROVED"
                books.event("CHECKOUT.ORDER.APPROVED", order)
            else:
                order["purchase_units"][0]["custom_id"] = re.sub("/step$", "/declined",
                                                                 order["purchase_units"][0]["custom_id"])
            self.send_answer(200, b"")
        elif what == "kept":
            total = sum(self.kept(each) for each in books.orders.values()
                        if query["order"] in each["purchase_units"][0]["custom_id"])
            self.send_answer(200, str(total).encode())
        elif what == "expire":  # every token
            books.tokens.clear()
            self.send_answer(200, b"")
        elif what == "pay":  # somebody pays the order of an attempt, as another process of the shop would
            order = self.of_attempt(form["attempt"])
            order["status"] = "COMPLETED"
            order["purchase_units"][0]["payments"]["captures"] = [self.capture(order, order["purchase_units"][0]["amount"])]
            self.send_answer(200, b"")
        else:
            self.send_answer(404, b"")


if __name__ == "__main__":
    sys.exit(standin.serve(PayPal, PayPalBooks()))
