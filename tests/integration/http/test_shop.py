"""Buying and selling over HTTP: documents, keys, versions, cursors, and how the process stops."""

import concurrent.futures
import contextlib
import hashlib
import socket
import tempfile
import threading
import time
import unittest

from server import ADDRESS, Server, WithServer, mug


class Buying(WithServer):
    def test_whole_purchase(self):
        self.make_goods("whole")
        self.fill_cart("ada", "whole", 2)
        quote = self.ask(200, "ada", "POST", "/v1/checkout/quote", {}).json
        self.assertEqual(quote["total_minor"], 2598)
        body = self.order_of() | {"quote": quote["token"]}
        placed = self.ask(201, "ada", "POST", "/v1/checkout", body, Idempotency_Key="whole")
        order = self.ask(200, "ada", "GET", placed.headers["Location"]).json
        self.assertEqual((order["status"], order["total_minor"]), ("CONFIRMED", 2598))
        self.assertEqual(self.ask(200, None, "GET", "/v1/stock/whole-red").json["available"], 3)

    def test_a_guest_buys(self):
        self.make_goods("byguest")
        self.fill_cart("guest", "byguest")
        placed = self.ask(201, "guest", "POST", "/v1/checkout", self.order_of(), Idempotency_Key="g")
        self.ask(200, "guest", "GET", placed.headers["Location"])
        self.ask(404, "stranger", "GET", placed.headers["Location"])

    def test_declined_then_paid(self):
        self.make_goods("declined")
        self.fill_cart("ada", "declined")
        refused = self.ask(402, "ada", "POST", "/v1/checkout", self.order_of("tok_declined"), Idempotency_Key="dec")
        self.assertEqual(refused.json["name"], "DECLINED")
        where = refused.headers["Location"]
        paid = self.ask(200, "ada", "POST", where + "/payment", {"payment_token": "tok_ok"}, Idempotency_Key="dec-2")
        self.assertEqual(paid.json["status"], "CONFIRMED")

    def test_out_of_stock_says_how_many_there_are(self):
        self.make_goods("few", stock=1)
        self.fill_cart("bob", "few", 3)
        refused = self.ask(409, "bob", "POST", "/v1/checkout", self.order_of(), Idempotency_Key="few")
        self.assertEqual([refused.json[name] for name in ("name", "wanted", "available")], ["OUT_OF_STOCK", 3, 1])
        cart = self.ask(200, "bob", "GET", "/v1/carts/me").json
        self.ask(200, "bob", "DELETE", f"/v1/carts/me/lines/{cart['lines'][0]['id']}")

    def test_an_order_is_shipped_and_delivered_by_the_office(self):
        self.make_goods("shipped")
        self.fill_cart("ada", "shipped")
        where = self.ask(201, "ada", "POST", "/v1/checkout", self.order_of(), Idempotency_Key="sh").headers["Location"]
        self.ask(200, "office", "POST", where + "/shipment", {"tracking": "T1"}, Idempotency_Key="sh-1")
        done = self.ask(200, "office", "POST", where + "/delivery", {}, Idempotency_Key="sh-2")
        self.assertEqual(done.json["status"], "DELIVERED")
        self.ask(409, "ada", "POST", where + "/cancel", {}, Idempotency_Key="sh-3")

    def test_a_cancelled_order_gives_its_stock_back(self):
        self.make_goods("cancelled", stock=1)
        self.fill_cart("ada", "cancelled")
        where = self.ask(201, "ada", "POST", "/v1/checkout", self.order_of(), Idempotency_Key="ca").headers["Location"]
        self.ask(200, "ada", "POST", where + "/cancel", {"reason": "no need"}, Idempotency_Key="ca-1")
        self.assertEqual(self.ask(200, None, "GET", "/v1/stock/cancelled-red").json["available"], 1)

    def test_two_hundred_buyers_for_fifty_units(self):
        self.make_goods("rush", stock=50)
        guests = [f"rush-guest-{n:04d}-0123456789" for n in range(200)]

        def buy(guest):
            headers = {"Shop_Guest": guest}
            self.server.ask(None, "POST", "/v1/carts/me/lines", {"items": [{"sku": "rush-red", "quantity": 1}]},
                            **headers)
            return self.server.ask(None, "POST", "/v1/checkout", self.order_of(), Idempotency_Key="k", **headers).code

        with concurrent.futures.ThreadPoolExecutor(64) as pool:
            codes = list(pool.map(buy, guests))
        self.assertEqual((codes.count(201), codes.count(409)), (50, 150))


class Keys(WithServer):
    def test_a_missing_key_is_refused_where_money_moves(self):
        self.assertEqual(self.ask(400, "ada", "POST", "/v1/checkout", self.order_of()).json["name"], "KEY_REQUIRED")

    def test_a_missing_key_is_refused_where_stock_moves(self):
        self.ask(400, "office", "POST", "/v1/stock/x/receive", {"quantity": 1})

    def test_a_repeat_is_marked_and_the_same(self):
        self.make_goods("repeat")
        self.fill_cart("ada", "repeat")
        first = self.ask(201, "ada", "POST", "/v1/checkout", self.order_of(), Idempotency_Key="re")
        again = self.ask(201, "ada", "POST", "/v1/checkout", self.order_of(), Idempotency_Key="re")
        self.assertEqual(first.body, again.body)
        self.assertIsNone(first.headers["Idempotency-Replayed"])
        self.assertEqual(again.headers["Idempotency-Replayed"], "true")
        self.assertEqual(self.ask(200, None, "GET", "/v1/stock/repeat-red").json["available"], 4)

    def test_the_key_of_another_request_is_refused(self):
        self.make_goods("mismatch")
        self.fill_cart("ada", "mismatch")
        self.ask(201, "ada", "POST", "/v1/checkout", self.order_of(), Idempotency_Key="mi")
        self.ask(422, "ada", "POST", "/v1/checkout", self.order_of() | {"consent": True}, Idempotency_Key="mi")

    def test_stock_is_adjusted_counted_and_moved(self):
        self.ask(200, "office", "POST", "/v1/stock/moved/count", {"quantity": 9}, Idempotency_Key="1")
        self.ask(200, "office", "POST", "/v1/stock/moved/adjust", {"quantity": -2, "reason": "broken"},
                 Idempotency_Key="2")
        there = self.ask(200, "office", "POST", "/v1/stock/moved/transfer", {"quantity": 3, "to": "east"},
                         Idempotency_Key="3").json
        here = self.ask(200, "office", "GET", "/v1/stock/moved").json
        self.assertEqual((here["on_hand"], there["location"], there["on_hand"]), (4, "east", 3))

    def test_safety_stock_backorders_and_goods_that_nobody_counts(self):
        path = "/v1/stock/guarded"
        self.ask(200, "office", "POST", path + "/receive", {"quantity": 5}, Idempotency_Key="1")
        for key, safety, available in (("2", 2, 3), ("3", -4, 9), ("4", None, None), ("5", 0, 5)):
            level = self.ask(200, "office", "POST", path + "/safety", {"quantity": safety}, Idempotency_Key=key).json
            self.assertEqual((level["safety"], level["available"], level["on_hand"]), (safety, available, 5))
            self.assertEqual(self.ask(200, None, "GET", path).json["available"], available)
        self.ask(400, "office", "POST", path + "/receive", {"quantity": None}, Idempotency_Key="6")

    def test_stock_received_twice_under_one_key_comes_once(self):
        for _ in range(2):
            answer = self.ask(200, "office", "POST", "/v1/stock/once/receive", {"quantity": 3}, Idempotency_Key="on")
        self.assertEqual((answer.json["on_hand"], answer.headers["Idempotency-Replayed"]), (3, "true"))
        self.ask(422, "office", "POST", "/v1/stock/once/receive", {"quantity": 4}, Idempotency_Key="on")

    def test_a_key_that_is_running_is_refused(self):
        self.make_goods("running")
        self.fill_cart("bob", "running")

        def buy(_):
            return self.server.ask("bob", "POST", "/v1/checkout", self.order_of("tok_silent_charged"),
                                   Idempotency_Key="ru").code

        # the provider keeps silent for a second, so the one that comes later finds the other one at work
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            self.assertEqual(sorted(pool.map(buy, range(2))), [409, 504])

    def test_a_repeat_is_marked_after_a_restart(self):
        with tempfile.TemporaryDirectory() as folder:
            first = Server(folder)
            first.ask("office", "PUT", "/v1/products/mug", mug(), If_None_Match="*")
            first.ask("office", "POST", "/v1/stock/mug-red/receive", {"quantity": 1}, Idempotency_Key="a")
            first.ask("ada", "POST", "/v1/carts/me/lines", {"items": [{"sku": "mug-red", "quantity": 1}]})
            placed = first.ask("ada", "POST", "/v1/checkout", self.order_of(), Idempotency_Key="b")
            self.assertEqual((placed.code, first.stop()), (201, 0))
            second = Server(folder)
            again = second.ask("ada", "POST", "/v1/checkout", self.order_of(), Idempotency_Key="b")
            second.stop()
            self.assertEqual((again.body, again.headers["Idempotency-Replayed"]), (placed.body, "true"))


class Categories(WithServer):
    def test_a_tree_is_made_and_walked(self):
        for name, parent in (("kitchen", None), ("kitchen/pans", "kitchen"), ("kitchen/mugs", "kitchen")):
            path = "/v1/categories/" + name.replace("/", "%2F")
            made = self.ask(201, "office", "PUT", path, {"name": name.title(), "parent": parent}).json
            self.assertEqual((made["id"], made["parent"]), (name, parent))
        self.make_goods("pan", categories=["kitchen", "kitchen/pans"])
        self.assertIn("kitchen", self.names(""))
        self.assertEqual(self.names("?parent=kitchen"), ["kitchen/mugs", "kitchen/pans"])
        first = self.ask(200, None, "GET", "/v1/categories?parent=kitchen&limit=1").json
        self.assertEqual(self.names(f"?parent=kitchen&limit=1&cursor={first['next']}"), ["kitchen/pans"])
        for category in ("kitchen", "kitchen/pans"):
            products = self.ask(200, None, "GET", f"/v1/products?category={category}").json["products"]
            self.assertEqual([product["id"] for product in products], ["pan"])

    def names(self, query):
        return [one["id"] for one in self.ask(200, None, "GET", "/v1/categories" + query).json["categories"]]

    def test_a_category_that_was_not_changed_is_not_sent_again(self):
        self.ask(201, "office", "PUT", "/v1/categories/still", {"name": "Still"})
        tag = self.ask(200, None, "GET", "/v1/categories/still").headers["ETag"]
        self.ask(304, None, "GET", "/v1/categories/still", If_None_Match=tag)

    def test_wrong_categories(self):
        self.ask(404, None, "GET", "/v1/categories/none")
        self.ask(404, "office", "PUT", "/v1/categories/orphan", {"name": "Orphan", "parent": "none"})
        self.ask(400, "office", "PUT", "/v1/categories/nameless", {})
        self.ask(201, "office", "PUT", "/v1/categories/twice", {"name": "Twice"})
        self.ask(409, "office", "PUT", "/v1/categories/twice", {"name": "Twice"})


class Webhooks(WithServer):
    """The provider keeps silent, the buyer gets no answer; then the provider says by itself what became of it."""

    KEY = b"the fake gateway's key, no secret"[:32]
    CAPTURED = 5  # SC_GATEWAY_CAPTURED

    def event(self, order, state=CAPTURED):
        books = (self.server.folder / "shop.db.gateway").read_text().splitlines()
        (attempt, amount), = {(words[0], words[7]) for words in map(str.split, books) if order in words}
        body = f"evt_{attempt}_{state} {attempt} {order} {state} {amount}\n".encode()
        return body, hashlib.blake2b(body, digest_size=32, key=self.KEY).hexdigest()

    def send(self, code, body, signature):
        self.ask(code, None, "POST", "/v1/webhooks/payment", body, Content_Type="text/plain", Webhook_Signature=signature)

    def test_a_payment_that_went_silent_is_settled_by_the_providers_word(self):
        self.make_goods("silent")
        self.fill_cart("ada", "silent")
        lost = self.ask(504, "ada", "POST", "/v1/checkout", self.order_of("tok_silent_charged"), Idempotency_Key="si")
        where = lost.headers["Location"]
        self.assertEqual(self.ask(200, "ada", "GET", where).json["status"], "PENDING")
        body, signature = self.event(where.rsplit("/", 1)[1])
        self.send(400, body, signature[::-1])
        self.send(400, body.replace(b"evt_", b"evt-"), signature)
        self.send(400, b"", signature)
        self.assertEqual(self.ask(200, "ada", "GET", where).json["status"], "PENDING")
        for _ in range(2):
            self.send(204, body, signature)
            self.assertEqual(self.ask(200, "ada", "GET", where).json["status"], "CONFIRMED")


class KeysAfterARestart(unittest.TestCase):
    """What was done under a key is remembered by the store, whatever process did it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.server = Server(self.folder)
        self.addCleanup(lambda: self.server.stop())
        self.ask(201, "office", "PUT", "/v1/products/mug", mug(), If_None_Match="*")
        self.ask(200, "office", "POST", "/v1/stock/mug-red/receive", {"quantity": 9}, Idempotency_Key="stock")

    def ask(self, code, *words, **headers):
        answer = self.server.ask(*words, **headers)
        self.assertEqual(answer.code, code, (words, answer))
        return answer

    def restart(self):
        self.assertEqual(self.server.stop(), 0)
        self.server = Server(self.folder)

    def place(self, key, token="tok_ok", code=201):
        self.ask(200, "ada", "POST", "/v1/carts/me/lines", {"items": [{"sku": "mug-red", "quantity": 1}]})
        return self.ask(code, "ada", "POST", "/v1/checkout", {"payment_token": token, "shipping": ADDRESS},
                        Idempotency_Key=key).headers["Location"]

    def once(self, who, path, document, other, same=lambda answer: answer):
        """Done now; marked and the same after a restart; another request under the key is refused."""
        first = self.ask(200, who, "POST", path, document, Idempotency_Key="once")
        self.assertIsNone(first.headers["Idempotency-Replayed"])
        self.restart()
        again = self.ask(200, who, "POST", path, document, Idempotency_Key="once")
        self.assertEqual((again.headers["Idempotency-Replayed"], same(again.json)), ("true", same(first.json)))
        refused = self.ask(422, who, "POST", path, other, Idempotency_Key="once")
        self.assertEqual(refused.json["name"], "KEY_REUSED")
        self.assertIsNone(refused.headers["Idempotency-Replayed"])

    def test_stock(self):
        for verb, document, other in (
            ("receive", {"quantity": 1}, {"quantity": 2}), ("count", {"quantity": 7}, {"quantity": 8}),
            ("adjust", {"quantity": -1, "reason": "broken"}, {"quantity": -2, "reason": "broken"}),
            ("transfer", {"quantity": 1, "to": "east"}, {"quantity": 1, "to": "west"}),
            ("safety", {"quantity": 2}, {"quantity": None}),
        ):
            with self.subTest(verb):
                self.once("office", f"/v1/stock/mug-red/{verb}", document, other)

    def test_payment(self):
        where = self.place("k", "tok_declined", 402)
        self.once("ada", where + "/payment", {"payment_token": "tok_ok"}, {"payment_token": "tok_declined"})

    def test_cancel(self):
        # the money is on its way back meanwhile, and the answer is the order as it stands
        self.once("ada", self.place("k") + "/cancel", {"reason": "no need"}, {"reason": "too late"},
                  same=lambda order: (order["id"], order["status"], order["total_minor"]))

    def test_shipment_and_delivery(self):
        where = self.place("k")
        self.once("office", where + "/shipment", {"tracking": "T1"}, {"tracking": "T2"})
        self.once("office", where + "/delivery", {}, {"note": "other"})

    def test_checkout(self):
        where = self.place("k")
        self.restart()
        document = {"payment_token": "tok_ok", "shipping": ADDRESS}
        again = self.ask(201, "ada", "POST", "/v1/checkout", document, Idempotency_Key="k")
        self.assertEqual((again.headers["Location"], again.headers["Idempotency-Replayed"]), (where, "true"))
        self.ask(422, "ada", "POST", "/v1/checkout", document | {"consent": True}, Idempotency_Key="k")

    def test_what_failed_is_not_remembered(self):
        where = self.place("k", "tok_declined", 402)
        refused = self.ask(402, "ada", "POST", where + "/payment", {"payment_token": "tok_declined"}, Idempotency_Key="p")
        self.restart()
        again = self.ask(200, "ada", "POST", where + "/payment", {"payment_token": "tok_ok"}, Idempotency_Key="p")
        self.assertEqual((again.headers["Idempotency-Replayed"], refused.json["name"]), (None, "DECLINED"))


class Versions(WithServer):
    def test_a_product_that_was_not_changed_is_not_sent_again(self):
        self.make_goods("etag")
        tag = self.ask(200, None, "GET", "/v1/products/etag").headers["ETag"]
        self.assertEqual(self.ask(304, None, "GET", "/v1/products/etag", If_None_Match=tag).body, b"")

    def test_a_tag_is_found_in_a_list(self):
        self.make_goods("listed")
        tag = self.ask(200, None, "GET", "/v1/products/listed").headers["ETag"]
        for tags in (f'"1", {tag}', f"W/{tag}", f'W/"7",W/{tag}', "*"):
            self.ask(304, None, "GET", "/v1/products/listed", If_None_Match=tags)
        for tags in ('"1", "2"', tag.strip('"'), f"{tag}x"):
            self.ask(200, None, "GET", "/v1/products/listed", If_None_Match=tags)

    def test_a_change_made_here_shows_at_once(self):
        self.make_goods("atonce")
        for price in range(100, 120):
            tag = self.ask(200, None, "GET", "/v1/products/atonce").headers["ETag"]
            changed = self.ask(200, "office", "PUT", "/v1/products/atonce", mug(product="atonce", price=price),
                               If_Match=tag)
            for _ in range(2):  # from the store, and from the shelf
                seen = self.ask(200, None, "GET", "/v1/products/atonce")
                self.assertEqual((seen.json["skus"][0]["price"], seen.headers["ETag"]), (price, changed.headers["ETag"]))
        self.ask(204, "office", "DELETE", "/v1/products/atonce", If_Match=seen.headers["ETag"])
        self.ask(404, None, "GET", "/v1/products/atonce")

    def test_a_change_made_elsewhere_shows_within_a_second(self):
        self.make_goods("elsewhere")
        tag = self.ask(200, None, "GET", "/v1/products/elsewhere").headers["ETag"]
        other = Server(self.folder.name)
        changed = other.ask("office", "PUT", "/v1/products/elsewhere", mug(product="elsewhere", price=7), If_Match=tag)
        other.stop()
        time.sleep(1.0)  # what the description promises; the server counts by its own clock, so more never hurts
        seen = self.ask(200, None, "GET", "/v1/products/elsewhere")
        self.assertEqual((seen.json["skus"][0]["price"], seen.headers["ETag"]), (7, changed.headers["ETag"]))

    def test_a_change_of_a_product_needs_the_version(self):
        self.make_goods("needs")
        self.ask(428, "office", "PUT", "/v1/products/needs", mug(product="needs"))
        self.ask(428, "office", "DELETE", "/v1/products/needs")

    def test_a_stale_version_is_refused(self):
        self.make_goods("stale")
        tag = self.ask(200, None, "GET", "/v1/products/stale").headers["ETag"]
        changed = self.ask(200, "office", "PUT", "/v1/products/stale", mug(product="stale", price=999), If_Match=tag)
        self.assertEqual(changed.json["skus"][0]["price"], 999)
        self.assertNotEqual(changed.headers["ETag"], tag)
        self.ask(412, "office", "PUT", "/v1/products/stale", mug(product="stale"), If_Match=tag)
        self.ask(412, "office", "DELETE", "/v1/products/stale", If_Match=tag)
        self.ask(204, "office", "DELETE", "/v1/products/stale", If_Match=changed.headers["ETag"])
        self.ask(404, None, "GET", "/v1/products/stale")

    def test_a_product_is_made_once(self):
        self.make_goods("made")
        self.ask(409, "office", "PUT", "/v1/products/made", mug(product="made"), If_None_Match="*")

    def test_a_cart_with_a_stale_version_is_refused(self):
        self.make_goods("cart")
        tag = self.fill_cart("ada", "cart").headers["ETag"]
        line = self.fill_cart("ada", "cart").json["lines"][0]["id"]
        path = f"/v1/carts/me/lines/{line}"
        self.ask(412, "ada", "PATCH", path, {"quantity": 9}, If_Match=tag)
        tag = self.ask(200, "ada", "GET", "/v1/carts/me").headers["ETag"]
        self.assertEqual(self.ask(200, "ada", "PATCH", path, {"quantity": 3}, If_Match=tag).json["lines"][0]["quantity"], 3)
        self.assertEqual(self.ask(200, "ada", "DELETE", path).json["lines"], [])

    def test_a_guests_cart_is_merged_on_login(self):
        self.make_goods("merged")
        self.fill_cart("guest", "merged", 2)
        merged = self.ask(200, "bob", "POST", "/v1/carts/me/merge", {"guest": "guest-0123456789abcdef"}).json
        self.assertEqual(merged["units_moved"], 2)


class Paging(WithServer):
    def test_pages_of_products_and_orders(self):
        for n in range(5):
            self.make_goods(f"page-{n}", stock=1)
            self.fill_cart("ada", f"page-{n}")
            self.ask(201, "ada", "POST", "/v1/checkout", self.order_of(), Idempotency_Key=f"page-{n}")
        for path, name in (("/v1/products", "products"), ("/v1/orders", "orders")):
            seen, cursor = [], ""
            while cursor is not None:
                more = f"&cursor={cursor}" if cursor else ""
                page = self.ask(200, "ada", "GET", f"{path}?limit=2{more}").json
                seen += [item["id"] for item in page[name]]
                cursor = page["next"]
            self.assertEqual((len(seen), len(set(seen))), (5, 5), name)


class Looking(WithServer):
    def test_a_new_product_is_found(self):
        self.make_goods("found")
        for _ in range(100):
            page = self.ask(200, None, "GET", "/v1/search?q=mug").json
            if page["total"]:
                break
            time.sleep(0.1)
        self.assertIn("found", [product["id"] for product in page["products"]])

    def test_wrong_questions(self):
        self.ask(400, None, "GET", "/v1/search")
        self.ask(400, None, "GET", "/v1/products?limit=0")
        self.ask(400, None, "GET", "/v1/products?limit=x")
        self.ask(400, None, "GET", "/v1/products?cursor=%21")
        self.ask(404, None, "GET", "/v1/products/%00")
        self.ask(404, None, "GET", "/v1/nothing")
        self.assertEqual(self.ask(405, None, "POST", "/livez", {}).headers["Allow"], "GET")

    def test_wrong_documents(self):
        path = "/v1/carts/me/lines"
        self.ask(400, "ada", "POST", path, b"{")
        self.ask(400, "ada", "POST", path, b"[]")
        self.ask(400, "ada", "POST", path, {"items": []})
        self.ask(415, "ada", "POST", path, b"{}", Content_Type="text/plain")
        wrong = self.ask(400, "ada", "POST", path, {"items": [{"sku": "a", "quantity": "2"}]}).json
        self.assertEqual(wrong["field"], "items[0].quantity")

    def test_the_page_is_there(self):
        page = self.ask(200, None, "GET", "/")
        self.assertIn(b"<!doctype html>", page.body)
        self.assertIn("default-src 'self'", page.headers["Content-Security-Policy"])


class Stopping(unittest.TestCase):
    def test_what_is_being_answered_is_answered_before_the_end(self):
        with tempfile.TemporaryDirectory() as folder:
            server = Server(folder)
            server.ask("office", "PUT", "/v1/products/mug", mug(), If_None_Match="*")
            server.ask("office", "POST", "/v1/stock/mug-red/receive", {"quantity": 1}, Idempotency_Key="a")
            server.ask("ada", "POST", "/v1/carts/me/lines", {"items": [{"sku": "mug-red", "quantity": 1}]})
            answers = []
            order = {"payment_token": "tok_silent_charged", "shipping": {"name": "A", "line1": "B", "city": "C",
                                                                         "country": "GB"}}
            thread = threading.Thread(target=lambda: answers.append(
                server.ask("ada", "POST", "/v1/checkout", order, Idempotency_Key="b").code))
            thread.start()
            while server.ask(None, "GET", "/v1/stock/mug-red").json["available"]:
                time.sleep(0.01)  # until it is placed; then the provider keeps silent for a second
            code = server.stop()
            thread.join()
            self.assertEqual((code, answers), (0, [504]))

    def test_it_stops_while_many_keep_asking(self):
        with tempfile.TemporaryDirectory() as folder:
            server = Server(folder)
            server.ask("office", "PUT", "/v1/products/mug", mug(), If_None_Match="*")
            asks = (b"GET /v1/products/mug HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /v1/products HTTP/1.1\r\nHost: a\r\n\r\n")
            asked, codes = threading.Semaphore(0), set()

            def keep_asking(ask):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", server.port), 30) as sock:
                    sock.sendall(ask)
                    while answer := sock.recv(65536):
                        codes.add(answer[:12])
                        asked.release()
                        sock.sendall(ask)

            threads = [threading.Thread(target=keep_asking, args=(asks[n % 2],)) for n in range(16)]
            for thread in threads:
                thread.start()
            for _ in range(200):
                asked.acquire()
            code = server.stop()
            for thread in threads:
                thread.join()
            self.assertEqual((code, codes - {b"HTTP/1.1 503"}), (0, {b"HTTP/1.1 200"}))
