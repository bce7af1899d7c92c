"""Who may do what: the table of routes walked with each role, and with two customers' objects."""

import time

from server import GUESTS, WithServer, command, mug

ROLES = [None, "guest", "ada", "acme", "office"]  # anyone, guest, customer, seller, admin
ANY, BUYERS, KEEPERS = "gcsa?", "gc", "sa"
LETTERS = {None: "?", "guest": "g", "ada": "c", "acme": "s", "office": "a"}

ROUTES = [
    ("GET", "/", ANY), ("GET", "/openapi.json", ANY), ("GET", "/livez", ANY), ("GET", "/readyz", ANY),
    ("GET", "/v1/products", ANY), ("GET", "/v1/products/none", ANY), ("PUT", "/v1/products/none", KEEPERS),
    ("DELETE", "/v1/products/none", KEEPERS), ("GET", "/v1/search?q=x", ANY),
    ("GET", "/v1/categories", ANY), ("GET", "/v1/categories/none", ANY), ("PUT", "/v1/categories/none", "a"),
    ("GET", "/v1/carts/me", BUYERS + "a"), ("POST", "/v1/carts/me/lines", BUYERS + "a"),
    ("PATCH", "/v1/carts/me/lines/none", BUYERS + "a"), ("DELETE", "/v1/carts/me/lines/none", BUYERS + "a"),
    ("POST", "/v1/carts/me/coupons", BUYERS + "a"), ("DELETE", "/v1/carts/me/coupons/NONE", BUYERS + "a"),
    ("POST", "/v1/carts/me/merge", "ca"), ("POST", "/v1/checkout/quote", BUYERS), ("POST", "/v1/checkout", BUYERS),
    ("GET", "/v1/orders", BUYERS + "a"), ("GET", "/v1/orders/none", BUYERS + "a"),
    ("GET", "/v1/orders/none/pricing", BUYERS + "a"), ("POST", "/v1/orders/none/what-if", "a"),
    ("POST", "/v1/orders/none/payment", BUYERS), ("POST", "/v1/orders/none/cancel", BUYERS + "a"),
    ("POST", "/v1/orders/none/cancel-lines", BUYERS + "a"), ("POST", "/v1/orders/none/shipment", "a"),
    ("POST", "/v1/orders/none/delivery", "a"),
    ("GET", "/v1/stock/none", ANY), ("POST", "/v1/stock/none/receive", KEEPERS),
    ("POST", "/v1/stock/none/adjust", KEEPERS), ("POST", "/v1/stock/none/count", KEEPERS),
    ("POST", "/v1/stock/none/transfer", KEEPERS), ("POST", "/v1/stock/none/safety", KEEPERS),
    ("GET", "/v1/rules/fee", "a"), ("PUT", "/v1/rules/fee/none", "a"), ("DELETE", "/v1/rules/fee/none", "a"),
    ("GET", "/v1/coupons/NONE", "a"), ("POST", "/v1/coupons/NONE/codes", "a"), ("PUT", "/v1/coupons/NONE/codes", "a"),
    ("POST", "/v1/price", KEEPERS),
    ("POST", "/v1/gift-cards", "a"), ("POST", "/v1/gift-cards/balance", BUYERS + "a"),
    ("GET", "/v1/credit/me", "ca"), ("POST", "/v1/credit/u:none", "a"),
    ("POST", "/v1/webhooks/payment", ANY),
]


class Roles(WithServer):
    def test_each_route_with_each_role(self):
        for method, path, who in ROUTES:
            for role in ROLES:
                document = None if method in ("GET", "DELETE") else {}
                answer = self.server.ask(role, method, path, document)
                with self.subTest(method=method, path=path, role=role):
                    if LETTERS[role] in who:
                        self.assertNotIn(answer.code, (401, 500))
                        self.assertNotIn("may not do that", answer.json.get("detail", "") if answer.code == 403 else "")
                    else:
                        self.assertEqual(answer.code, 401 if role is None else 403, answer)

    def test_a_token_nobody_gave_out(self):
        ada = self.server.tokens["ada"]
        for value in ("Bearer wrong-token-0123456789", "Bearer ", "Basic YTpi", ada, f"Bearer {ada}x", f"Bearer {ada[:-1]}",
                      "Bearer " + ada.swapcase()):
            for _ in range(2):
                self.ask(401, None, "GET", "/v1/products", Authorization=value)

    def test_a_token_that_was_taken_back_stops_to_work_within_a_second(self):
        made = command(self.server.shop, "token", "create", "customer", "eve", "--scopes", "*")
        self.ask(200, None, "GET", "/v1/carts/me", Authorization="Bearer " + made["token"])
        command(self.server.shop, "token", "revoke", made["id"])
        time.sleep(1.0)  # what the description promises; the server counts by its own clock, so more never hurts
        self.ask(401, None, "GET", "/v1/carts/me", Authorization="Bearer " + made["token"])

    def test_a_rotated_token_is_its_successor(self):
        made = command(self.server.shop, "token", "create", "customer", "eve", "--scopes", "cart")
        fresh = command(self.server.shop, "token", "rotate", made["id"])
        self.ask(401, None, "GET", "/v1/carts/me", Authorization="Bearer " + made["token"])
        self.ask(200, None, "GET", "/v1/carts/me", Authorization="Bearer " + fresh["token"])
        self.ask(403, None, "GET", "/v1/orders", Authorization="Bearer " + fresh["token"])

    def test_a_token_without_scopes_reaches_nothing(self):
        made = command(self.server.shop, "token", "create", "admin", "idle")
        self.ask(403, None, "GET", "/v1/products", Authorization="Bearer " + made["token"])

    def test_a_token_that_only_reads(self):
        self.ask(200, "looker", "GET", "/v1/carts/me")
        self.ask(403, "looker", "POST", "/v1/carts/me/lines", {"items": []})

    def test_a_token_reaches_its_scopes_only(self):
        self.ask(200, "narrow", "GET", "/v1/carts/me")
        self.ask(403, "narrow", "GET", "/v1/orders")
        self.ask(403, "narrow", "POST", "/v1/checkout", self.order_of(), Idempotency_Key="n")

    def test_a_guests_token_has_to_be_long(self):
        self.ask(400, None, "GET", "/v1/carts/me", Shop_Guest="anonymous")


class Neighbours(WithServer):
    def test_another_customers_order_does_not_exist(self):
        self.make_goods("neighbour")
        self.fill_cart("ada", "neighbour")
        where = self.ask(201, "ada", "POST", "/v1/checkout", self.order_of("tok_ok"), Idempotency_Key="a")
        path = where.headers["Location"]
        line = self.ask(200, "ada", "GET", path).json["lines"][0]["id"]
        nothing = self.ask(404, "bob", "GET", "/v1/orders/00000000-0000-7000-8000-000000000000").json
        for who in ("bob", "guest"):
            self.assertEqual(self.ask(404, who, "GET", path).json["name"], nothing["name"])
            self.ask(404, who, "POST", path + "/payment", {"payment_token": "tok_ok"}, Idempotency_Key="b")
            self.ask(404, who, "POST", path + "/cancel", {}, Idempotency_Key="c")
            self.ask(404, who, "POST", path + "/cancel-lines", {"lines": [{"line": line, "quantity": 1}]},
                     Idempotency_Key="d")
            self.ask(404, who, "GET", "/v1/orders?owner=u:ada")
            self.assertEqual(self.ask(200, who, "GET", "/v1/orders").json["orders"], [])
        self.assertEqual(self.ask(200, "ada", "GET", path).json["status"], "CONFIRMED")

    def test_another_customers_cart_does_not_exist(self):
        self.make_goods("hers")
        before = self.fill_cart("ada", "hers")
        line = before.json["lines"][0]["id"]
        item = {"items": [{"sku": "hers-red", "quantity": 1}]}
        for who in ("bob", "guest"):
            self.ask(404, who, "GET", "/v1/carts/u:ada")
            self.ask(404, who, "POST", "/v1/carts/u:ada/lines", item)
            self.ask(404, who, "PATCH", f"/v1/carts/u:ada/lines/{line}", {"quantity": 9})
            self.ask(404, who, "DELETE", f"/v1/carts/u:ada/lines/{line}")
            self.ask(404, who, "DELETE", f"/v1/carts/me/lines/{line}")
        self.ask(404, "bob", "POST", "/v1/carts/u:ada/merge", {"guest": GUESTS["guest"]})
        after = self.ask(200, "ada", "GET", "/v1/carts/me")
        self.assertEqual(after.headers["ETag"], before.headers["ETag"])

    def test_the_office_sees_carts_by_name(self):
        self.make_goods("seen")
        self.fill_cart("ada", "seen")
        self.assertEqual(self.ask(200, "office", "GET", "/v1/carts/u:ada").json["owner"], "u:ada")

    def test_one_key_of_two_customers_is_two_keys(self):
        self.make_goods("keys")
        for who in ("ada", "bob"):
            self.fill_cart(who, "keys")
        orders = {self.ask(201, who, "POST", "/v1/checkout", self.order_of(), Idempotency_Key="same").headers["Location"]
                  for who in ("ada", "bob")}
        self.assertEqual(len(orders), 2)

    def test_a_seller_changes_only_what_is_theirs(self):
        self.make_goods("acmes", seller="acme")
        tag = self.ask(200, None, "GET", "/v1/products/acmes").headers["ETag"]
        self.ask(403, "rival", "PUT", "/v1/products/acmes", mug("rival", 1, "acmes"), If_Match=tag)
        self.ask(403, "rival", "DELETE", "/v1/products/acmes", If_Match=tag)
        for verb, more in (("receive", {}), ("adjust", {"reason": "r"}), ("count", {}), ("transfer", {"to": "b"}), ("safety", {})):
            self.ask(403, "rival", "POST", f"/v1/stock/acmes-red/{verb}", {"quantity": 1} | more, Idempotency_Key=verb)
        self.ask(200, "acme", "POST", "/v1/stock/acmes-red/receive", {"quantity": 1}, Idempotency_Key="mine")
        self.ask(200, "acme", "PUT", "/v1/products/acmes", mug("acme", 5, "acmes"), If_Match=tag)

    def test_a_guests_cart_is_nobody_elses(self):
        self.make_goods("guests")
        before = self.fill_cart("guest", "guests")
        owner, line = "g:" + GUESTS["guest"], before.json["lines"][0]["id"]
        item = {"items": [{"sku": "guests-red", "quantity": 1}]}
        for who in ("stranger", "ada"):
            self.ask(404, who, "GET", f"/v1/carts/{owner}")
            self.ask(404, who, "POST", f"/v1/carts/{owner}/lines", item)
            self.ask(404, who, "PATCH", f"/v1/carts/{owner}/lines/{line}", {"quantity": 9})
            self.ask(404, who, "DELETE", f"/v1/carts/{owner}/lines/{line}")
            self.ask(404, who, "GET", f"/v1/orders?owner={owner}")
        self.assertEqual(self.ask(200, "guest", "GET", "/v1/carts/me").headers["ETag"], before.headers["ETag"])

    def test_a_quote_of_another_customer_buys_nothing(self):
        self.make_goods("quoted")
        self.fill_cart("ada", "quoted")
        token = self.ask(200, "ada", "POST", "/v1/checkout/quote", {}).json["token"]
        self.fill_cart("bob", "quoted")
        for who in ("bob", "guest"):
            self.ask(400, who, "POST", "/v1/checkout", self.order_of() | {"quote": token}, Idempotency_Key="theirs")
        self.assertEqual(self.ask(200, "bob", "GET", "/v1/orders").json["orders"], [])

    def test_sellers_see_the_counters_of_their_own_goods_only(self):
        self.make_goods("own", seller="acme")
        mine = self.ask(200, "acme", "GET", "/v1/stock/own-red").json
        self.assertEqual((mine["on_hand"], mine["held"], mine["available"]), (5, 0, 5))
        self.assertEqual(set(self.ask(200, "rival", "GET", "/v1/stock/own-red").json), {"sku", "location", "available"})

    def test_buyers_see_what_is_available_and_no_counters(self):
        self.make_goods("counters")
        for who in (None, "guest", "ada"):
            self.assertEqual(set(self.ask(200, who, "GET", "/v1/stock/counters-red").json),
                             {"sku", "location", "available"})
        self.assertEqual(self.ask(200, "office", "GET", "/v1/stock/counters-red").json["on_hand"], 5)
