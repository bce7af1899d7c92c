"""Rules, coupons, quotes and explanations over HTTP."""

from server import ADDRESS, WithServer


class Priced(WithServer):
    """Each test has rules of its own, and takes them away again: they count for every cart of the shop."""

    def put_rule(self, kind, **document):
        name = document.get("id", document.get("sku", "policy"))
        self.ask(204, "office", "PUT", f"/v1/rules/{kind}/{name}", document)
        self.addCleanup(self.server.ask, "office", "DELETE", f"/v1/rules/{kind}/{name}")

    def quote(self, who="ada", **wanted):
        return self.ask(200, who, "POST", "/v1/checkout/quote", wanted).json

    def give(self, who, code, expected=200):
        return self.ask(expected, who, "POST", "/v1/carts/me/coupons", {"code": code})

    def begin(self, product, who="ada", quantity=2):
        """A cart of this one product, at 12.99."""
        self.make_goods(product)
        cart = self.ask(200, who, "GET", "/v1/carts/me").json
        for line in cart["lines"]:
            self.ask(200, who, "DELETE", f"/v1/carts/me/lines/{line['id']}")
        for code in cart["coupons"]:
            self.ask(200, who, "DELETE", f"/v1/carts/me/coupons/{code['code']}")
        self.fill_cart(who, product, quantity)


class Rules(Priced):
    def test_a_fee_is_put_listed_charged_and_taken_away(self):
        self.begin("withfee")
        self.put_rule("fee", id="wrapping", amount=300)
        rules = self.ask(200, "office", "GET", "/v1/rules/fee").json["rules"]
        self.assertEqual([(rule["id"], rule["document"]["amount"]) for rule in rules], [("wrapping", 300)])
        quote = self.quote()
        self.assertEqual((quote["fees"][0]["code"], quote["fees_minor"], quote["total_minor"]), ("wrapping", 300, 2898))
        self.ask(204, "office", "DELETE", "/v1/rules/fee/wrapping")
        self.assertEqual(self.quote()["total_minor"], 2598)

    def test_pages_of_rules(self):
        for number in range(3):
            self.put_rule("tax", id=f"t{number}", rate=number, country="XX", level=number)
        first = self.ask(200, "office", "GET", "/v1/rules/tax?limit=2").json
        rest = self.ask(200, "office", "GET", f"/v1/rules/tax?limit=2&cursor={first['next']}").json
        self.assertEqual([rule["id"] for rule in first["rules"] + rest["rules"]], ["t0", "t1", "t2"])
        self.assertIsNone(rest["next"])

    def test_a_wrong_rule_names_its_place(self):
        wrong = self.ask(400, "office", "PUT", "/v1/rules/promotion/p", {"id": "p", "type": "percentage", "value": 101})
        self.assertEqual(wrong.json["field"], "/value")
        self.ask(400, "office", "PUT", "/v1/rules/promotion/p", {"id": "q", "type": "free"})
        self.ask(404, "office", "PUT", "/v1/rules/discount/p", {"id": "p"})
        self.ask(404, "office", "PUT", "/v1/rules/policy/mine", {})
        self.ask(404, "office", "DELETE", "/v1/rules/promotion/none")

    def test_one_policy_and_the_prices_of_a_sku(self):
        self.begin("policed")
        self.put_rule("price", sku="policed-red",
                      prices=[{"amount": 1000, "currency": "USD", "list": "summer", "compare_at": 1299, "sale": True}])
        self.put_rule("tax", id="all", rate=25)
        self.put_rule("policy", prices_include_tax=True)
        quote = self.quote()
        self.assertEqual((quote["total_minor"], quote["tax_minor"]), (2000, 400))
        line = quote["lines"][0]
        self.assertEqual((line["compare_at_minor"], line["price_list"], line["on_sale"]), (1299, "summer", True))
        self.assertEqual(quote["taxes"], [{"rate_ppm": 250000, "net_minor": 1600, "tax_minor": 400}])


class Coupons(Priced):
    def test_a_code_is_given_counted_and_taken_out(self):
        self.begin("couponed")
        self.put_rule("promotion", id="spring", type="percentage", value=10, coupon="SPRING")
        self.put_rule("coupon", id="SPRING", limit=1)
        self.assertEqual(self.give("ada", "spring").json["coupons"][0]["code"], "SPRING")
        quote = self.quote()
        self.assertEqual((quote["discount_minor"], quote["coupons"][0]["applied"]), (260, True))
        self.ask(200, "ada", "DELETE", "/v1/carts/me/coupons/SPRING")
        self.ask(404, "ada", "DELETE", "/v1/carts/me/coupons/SPRING")
        self.assertEqual(self.quote()["discount_minor"], 0)
        self.give("ada", "SPRING")
        self.ask(201, "ada", "POST", "/v1/checkout", self.order_of(), Idempotency_Key="couponed")
        used = self.ask(200, "office", "GET", "/v1/coupons/SPRING").json
        self.assertEqual((used["limit"], used["used"], used["held"]), (1, 1, 0))
        self.begin("couponed-too", who="bob")
        self.give("bob", "SPRING")
        self.assertEqual(self.quote("bob")["coupons"][0]["text"], "it is used up")

    def test_a_change_of_the_cart_since_it_was_read_is_refused(self):
        self.begin("guarded-cart")
        self.put_rule("promotion", id="p", type="percentage", value=10, coupon="GUARDED")
        tag = self.ask(200, "ada", "GET", "/v1/carts/me").headers["ETag"]
        answer = self.ask(200, "ada", "POST", "/v1/carts/me/coupons", {"code": "GUARDED"}, If_Match=tag)
        self.ask(412, "ada", "DELETE", "/v1/carts/me/coupons/GUARDED", If_Match=tag)
        self.ask(200, "ada", "DELETE", "/v1/carts/me/coupons/GUARDED", If_Match=answer.headers["ETag"])

    def test_a_code_put_into_a_cart_twice_under_one_key_stands_there_once(self):
        self.begin("twice-coded")
        self.put_rule("promotion", id="p", type="percentage", value=10, coupon="TWICE")
        for _ in range(2):
            cart = self.ask(200, "ada", "POST", "/v1/carts/me/coupons", {"code": "TWICE"}, Idempotency_Key="tw").json
            self.assertEqual(len(cart["coupons"]), 1)

    def test_somebody_elses_cart_does_not_exist(self):
        self.ask(404, "bob", "POST", "/v1/carts/u:ada/coupons", {"code": "SPRING"})
        self.ask(404, "bob", "DELETE", "/v1/carts/u:ada/coupons/SPRING")

    def test_who_guesses_has_to_wait(self):
        guesser = {"Shop_Guest": "guesser-0123456789abcdef"}
        for n in range(20):
            self.ask(404, None, "POST", "/v1/carts/me/coupons", {"code": f"GUESS{n}"}, **guesser)
        refused = self.ask(429, None, "POST", "/v1/carts/me/coupons", {"code": "GUESS20"}, **guesser)
        self.assertEqual((refused.json["name"], refused.headers["Retry-After"]), ("LIMIT_REACHED", "600"))
        self.give("ada", "GUESS20", 404)

    def test_codes_that_are_good_once(self):
        self.begin("single")
        self.put_rule("promotion", id="once", type="percentage", value=50, coupon="ONCE")
        self.put_rule("coupon", id="ONCE", single_use=True)
        codes = self.ask(200, "office", "POST", "/v1/coupons/ONCE/codes", {"count": 3}).json["codes"]
        self.assertEqual(self.ask(200, "office", "POST", "/v1/coupons/ONCE/codes", {"count": 1, "first": 3}).json["codes"],
                         codes[2:])
        self.ask(204, "office", "PUT", "/v1/coupons/ONCE/codes", {"codes": ["ELSE1", "ELSE2"]})
        self.give("ada", codes[0])
        self.assertEqual(self.quote()["discount_minor"], 1300)
        self.ask(400, "office", "POST", "/v1/coupons/ONCE/codes", {"count": 0})
        self.ask(400, "office", "PUT", "/v1/coupons/ONCE/codes", {"codes": [1]})
        self.ask(404, "office", "POST", "/v1/coupons/NONE/codes", {"count": 1})
        self.ask(404, "office", "GET", "/v1/coupons/NONE")


class Quotes(Priced):
    def test_the_buyer_chooses_a_place_and_a_way_to_ship(self):
        self.begin("shippable")
        self.put_rule("tax", id="gb", rate=20, country="GB")
        self.put_rule("shipping", id="post", amount=300)
        self.put_rule("shipping", id="express", amount=900, country="GB")
        here = self.quote(country="GB")
        self.assertEqual([offer["code"] for offer in here["shipping_offers"]], ["post", "express"])
        self.assertEqual((here["shipping_rate"], here["tax_minor"]), ("post", 520 + 60))
        fast = self.quote(country="GB", shipping_rate="express")
        self.assertEqual((fast["shipping_rate"], fast["shipping_minor"]), ("express", 1080))
        self.assertEqual([offer["code"] for offer in self.quote(country="FR")["shipping_offers"]], ["post"])
        self.ask(404, "ada", "POST", "/v1/checkout/quote", {"country": "FR", "shipping_rate": "express"})
        placed = self.ask(201, "ada", "POST", "/v1/checkout", self.order_of() | {"shipping_rate": "express"},
                          Idempotency_Key="shippable")
        self.assertEqual(placed.json["total_minor"], fast["total_minor"])

    def test_a_quote_is_accepted_after_prices_rose(self):
        self.begin("promised")
        quote = self.quote()
        self.put_rule("fee", id="late", amount=500)
        again = self.quote(since=quote["token"])
        self.assertEqual([(change["change"], change["what"], change["now"]) for change in again["changes"]],
                         [("fee", "late", 500), ("total_up", "", 3098)])
        self.assertTrue(again["needs_consent"])
        placed = self.ask(201, "ada", "POST", "/v1/checkout", self.order_of() | {"quote": quote["token"]},
                          Idempotency_Key="promised")
        self.assertEqual(placed.json["total_minor"], 2598)

    def test_a_quote_of_somebody_else_or_for_another_place_is_refused(self):
        self.begin("bound")
        self.put_rule("tax", id="fr", rate=20, country="FR")
        quote = self.quote(country="FR")
        self.begin("bound-too", who="bob")
        body = self.order_of() | {"quote": quote["token"]}
        self.assertEqual(self.ask(400, "bob", "POST", "/v1/checkout", body, Idempotency_Key="b").json["name"],
                         "BAD_SIGNATURE")
        self.assertEqual(self.ask(412, "ada", "POST", "/v1/checkout", body, Idempotency_Key="a").json["field"],
                         "shipping.country")
        self.ask(400, "bob", "POST", "/v1/checkout/quote", {"since": quote["token"]})
        self.ask(201, "ada", "POST", "/v1/checkout", body | {"shipping": ADDRESS | {"country": "FR"}},
                 Idempotency_Key="a2")

    def test_a_quote_is_explained(self):
        self.begin("explained")
        self.put_rule("promotion", id="tenth", type="percentage", value=10)
        self.put_rule("promotion", id="big", type="fixed", value=100, conditions={"min_subtotal": 10000})
        self.assertNotIn("breakdown", self.quote())
        breakdown = self.quote(explain=True)["breakdown"]
        self.assertEqual(breakdown["total_gross"], 2338)
        reasons = {one["id"]: one.get("reason") for one in breakdown["promotions"]}
        self.assertEqual(reasons, {"big": "min_subtotal", "tenth": None})
        self.assertIn("Not applied: big", breakdown["explanation"]["text"])


class Explanations(Priced):
    def test_an_order_is_explained_and_asked_what_it_would_have_cost(self):
        self.begin("asked")
        self.put_rule("tax", id="gb", rate=20, country="GB")
        where = self.ask(201, "ada", "POST", "/v1/checkout", self.order_of(), Idempotency_Key="asked").headers["Location"]
        pricing = self.ask(200, "ada", "GET", where + "/pricing").json
        self.assertEqual(pricing["price"]["total_gross"], 3118)
        self.ask(404, "bob", "GET", where + "/pricing")
        compared = self.ask(200, "office", "POST", where + "/what-if", {"tax_rates": {"20": 10}}).json
        self.assertEqual(compared["difference"]["total_gross"], -260)
        wrong = self.ask(400, "office", "POST", where + "/what-if", {"taxes": {}})
        self.assertEqual(wrong.json["field"], "/what_if/taxes")

    def test_a_document_is_priced(self):
        document = {"currency": "EUR", "lines": [{"sku": "a", "unit_price": 100, "quantity": 3, "tax_rates": [20]}]}
        self.assertEqual(self.ask(200, "office", "POST", "/v1/price", document).json["total_gross"], 360)
        self.assertIn("explanation", self.ask(200, "acme", "POST", "/v1/price?explain=1", document).json)
        wrong = self.ask(400, "office", "POST", "/v1/price", document | {"currency": "XXX"})
        self.assertEqual(wrong.json["field"], "/currency")
