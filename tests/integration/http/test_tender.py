"""Gift cards, store credit, what they pay of a checkout, and orders that are cancelled by line."""

from server import WithServer


class Tender(WithServer):
    def issue(self, key, amount=2000, **more):
        return self.ask(201, "office", "POST", "/v1/gift-cards", {"amount_minor": amount} | more, Idempotency_Key=key)

    def card(self, code, who="ada"):
        return self.ask(200, who, "POST", "/v1/gift-cards/balance", {"code": code}).json

    def grant(self, customer, amount, key):
        return self.ask(200, "office", "POST", f"/v1/credit/u:{customer}", {"amount_minor": amount},
                        Idempotency_Key=key)

    def credit(self, who):
        return self.ask(200, who, "GET", "/v1/credit/me").json["balance_minor"]

    def buy(self, who, product, quantity=1, token=None, expected=201, **tender):
        """The answer to a checkout of this one product, at 12.99; without a token only tender pays."""
        self.make_goods(product)
        for line in self.ask(200, who, "GET", "/v1/carts/me").json["lines"]:
            self.ask(200, who, "DELETE", f"/v1/carts/me/lines/{line['id']}")
        self.fill_cart(who, product, quantity)
        body = {name: value for name, value in self.order_of(token).items() if value is not None} | tender
        return self.ask(expected, who, "POST", "/v1/checkout", body, Idempotency_Key=product)

    def order(self, placed, who="ada"):
        return self.ask(200, who, "GET", placed.headers["Location"]).json


class GiftCards(Tender):
    def test_a_card_is_issued_with_a_code_that_shows_its_balance(self):
        made = self.issue("shown", note="for a birthday").json
        found = self.card(made["code"])
        self.assertEqual((found["id"], found["balance_minor"], found["currency"]), (made["id"], 2000, "USD"))
        self.assertNotIn("code", found)
        self.assertEqual(found["note"], "")
        self.assertEqual(self.card(made["code"], "office")["note"], "for a birthday")

    def test_a_repeat_issues_no_second_card_and_has_no_code(self):
        first, again = self.issue("again"), self.issue("again")
        self.assertEqual((first.json["id"], first.headers["Idempotency-Replayed"]), (again.json["id"], None))
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        self.assertNotIn("code", again.json)
        self.ask(422, "office", "POST", "/v1/gift-cards", {"amount_minor": 1}, Idempotency_Key="again")

    def test_a_code_of_ones_own_is_one_cards(self):
        self.issue("own", code="MINE-2345-6789-ABCD")
        self.assertEqual(self.card("mine23456789abcd")["balance_minor"], 2000)
        self.ask(409, "office", "POST", "/v1/gift-cards", {"amount_minor": 1, "code": "MINE-2345-6789-ABCD"},
                 Idempotency_Key="own-2")

    def test_wrong_cards(self):
        for key, wrong, field in (("1", {}, "amount_minor"), ("2", {"amount_minor": 0}, "amount_minor"),
                                  ("3", {"amount_minor": 1, "expires_ms": -1}, "expires_ms"),
                                  ("4", {"amount_minor": 1, "expires_ms": "soon"}, "expires_ms"),
                                  ("5", {"amount_minor": 1, "code": "SHORT"}, "code")):
            refused = self.ask(400, "office", "POST", "/v1/gift-cards", wrong, Idempotency_Key=key)
            self.assertEqual(refused.json["field"], field)

    def test_who_guesses_codes_has_to_wait(self):
        guesser = {"Shop_Guest": "card-guesser-0123456789"}
        for n in range(20):
            self.ask(404, None, "POST", "/v1/gift-cards/balance", {"code": f"WRNG-WRNG-WRNG-00{n:02d}"}, **guesser)
        refused = self.ask(429, None, "POST", "/v1/gift-cards/balance", {"code": "WRNG-WRNG-WRNG-0020"}, **guesser)
        self.assertEqual((refused.json["name"], refused.headers["Retry-After"]), ("LIMIT_REACHED", "600"))


class Credit(Tender):
    def test_credit_is_granted_once_a_key_and_taken_back(self):
        for _ in range(2):
            granted = self.grant("ada", 500, "gr")
        self.assertEqual((granted.json["balance_minor"], granted.headers["Idempotency-Replayed"]), (500, "true"))
        self.assertEqual(self.credit("ada"), 500)
        self.grant("ada", -200, "gr-2")
        self.assertEqual(self.credit("ada"), 300)
        refused = self.ask(409, "office", "POST", "/v1/credit/u:ada", {"amount_minor": -301}, Idempotency_Key="gr-3")
        self.assertEqual((refused.json["name"], refused.json["available"]), ("LIMIT_REACHED", 300))

    def test_credit_is_counted_by_currency(self):
        self.ask(200, "office", "POST", "/v1/credit/u:eve", {"amount_minor": 7, "currency": "EUR"}, Idempotency_Key="eu")
        for query, balance in (("", 0), ("?currency=EUR", 7)):
            self.assertEqual(self.ask(200, "office", "GET", "/v1/credit/u:eve" + query).json["balance_minor"], balance)

    def test_another_customers_credit_does_not_exist(self):
        self.grant("carl", 500, "carl")
        self.ask(404, "bob", "GET", "/v1/credit/u:carl")
        self.assertEqual(self.credit("bob"), 0)


class Paying(Tender):
    def test_a_card_and_credit_pay_before_the_provider_does(self):
        code = self.issue("mixed", 300).json["code"]
        self.grant("ada", 400, "mixed")
        placed = self.buy("ada", "mixed", token="tok_ok", gift_cards=[{"code": code, "amount_minor": 250}],
                          credit_minor=100)
        self.assertEqual((placed.json["total_minor"], placed.json["due_minor"]), (1299, 949))
        order = self.order(placed)
        self.assertEqual(order["status"], "CONFIRMED")
        self.assertEqual(sorted(payment["amount_minor"] for payment in order["payments"]), [100, 250, 949])
        self.assertEqual((self.card(code)["balance_minor"], self.credit("ada")), (50, 300))

    def test_what_cards_pay_in_full_needs_no_provider(self):
        cards = [self.issue(f"full-{n}", 1000).json["code"] for n in range(2)]
        placed = self.buy("guest", "full", gift_cards=[{"code": code} for code in cards])
        self.assertEqual((placed.json["due_minor"], self.order(placed, "guest")["status"]), (0, "CONFIRMED"))
        self.assertEqual([self.card(code)["balance_minor"] for code in cards], [0, 701])

    def test_all_credit_there_is(self):
        self.grant("bob", 299, "bob")
        placed = self.buy("bob", "allcredit", token="tok_ok", credit_minor="all")
        self.assertEqual((placed.json["due_minor"], self.credit("bob")), (1000, 0))

    def test_a_card_that_has_not_so_much_is_named(self):
        rich, poor = (self.issue(f"poor-{amount}", amount).json["code"] for amount in (900, 10))
        refused = self.buy("ada", "poor", expected=409, token="tok_ok",
                           gift_cards=[{"code": rich}, {"code": poor, "amount_minor": 11}]).json
        self.assertEqual([refused[name] for name in ("name", "index", "wanted", "available")],
                         ["LIMIT_REACHED", 1, 11, 10])
        self.assertEqual(self.card(rich)["balance_minor"], 900)

    def test_tender_that_does_not_read(self):
        self.make_goods("misread")
        self.fill_cart("ada", "misread")
        for key, wrong in enumerate(({"gift_cards": "CODE"}, {"gift_cards": ["CODE"]}, {"gift_cards": [{}]},
                                     {"credit_minor": "some"}, {"credit_minor": -1}, {"credit_minor": True})):
            self.ask(400, "ada", "POST", "/v1/checkout", self.order_of() | wrong, Idempotency_Key=f"misread-{key}")
        self.ask(413, "ada", "POST", "/v1/checkout", self.order_of() | {"gift_cards": [{"code": "A" * 16}] * 9},
                 Idempotency_Key="misread-9")


class CancelledLines(Tender):
    def cancel(self, placed, quantity, key, expected=200, who="ada"):
        line = self.order(placed)["lines"][0]["id"]
        return self.ask(expected, who, "POST", placed.headers["Location"] + "/cancel-lines",
                        {"lines": [{"line": line, "quantity": quantity}], "reason": "too many"}, Idempotency_Key=key)

    def test_units_go_back_to_stock_once_and_their_money_to_the_card(self):
        code = self.issue("parts", 5000).json["code"]
        placed = self.buy("ada", "parts", 3, gift_cards=[{"code": code}])
        for _ in range(2):
            answer = self.cancel(placed, 2, "parts-1")
        self.assertEqual(answer.headers["Idempotency-Replayed"], "true")
        self.assertEqual((answer.json["status"], answer.json["lines"][0]["cancelled"]), ("CONFIRMED", 2))
        self.assertEqual(self.ask(200, None, "GET", "/v1/stock/parts-red").json["available"], 4)
        self.assertEqual(self.card(code)["balance_minor"], 5000 - 1299)

    def test_more_units_than_are_left_are_refused(self):
        placed = self.buy("ada", "toomany", 2, token="tok_ok")
        refused = self.cancel(placed, 3, "toomany-1", 409).json
        self.assertEqual([refused[name] for name in ("name", "index", "wanted", "available")],
                         ["LIMIT_REACHED", 0, 3, 2])

    def test_the_last_unit_cancels_the_order(self):
        placed = self.buy("ada", "lastunit", 2, token="tok_ok")
        self.cancel(placed, 1, "lastunit-1")
        self.assertEqual(self.cancel(placed, 1, "lastunit-2", who="office").json["status"], "CANCELLED")

    def test_no_lines_cancel_nothing(self):
        placed = self.buy("ada", "nolines", token="tok_ok")
        for key, wrong in enumerate(({}, {"lines": []}, {"lines": ["a"]}, {"lines": [{"line": "a"}]}, {"line": "a"})):
            self.ask(400, "ada", "POST", placed.headers["Location"] + "/cancel-lines", wrong,
                     Idempotency_Key=f"nolines-{key}")
        self.assertEqual(self.order(placed)["status"], "CONFIRMED")
