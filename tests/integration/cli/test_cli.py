"""The command line program as a person or a script meets it: what it prints, and how it exits.

usage: test_cli.py PROGRAM [test…]
"""

import concurrent.futures
import contextlib
import gzip
import json
import pathlib
import sqlite3
import subprocess
import sys
import tempfile
import unittest

PROGRAM = ""
DATA = pathlib.Path(__file__).resolve().parents[3] / "examples" / "data"

DONE, REFUSED, BAD_INPUT, NOT_THERE, FAILED, UNKNOWN = range(6)

MUGS = """\
{"sku":"mug-red","product":"mug","name":"Mug","sku_name":"Mug, red","price":1299,"currency":"USD","categories":["kitchen"]}
{"sku":"mug-blue","product":"mug","name":"Mug","sku_name":"Mug, blue","price":1399,"currency":"USD","categories":["kitchen"]}
{"sku":"pan","name":"Frying pan","brand":"Acme","price":4500,"currency":"USD","categories":["kitchen"]}
"""


class Shop(unittest.TestCase):
    """A fresh folder; `shop.db` in it is the shop, as it is without --shop."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def run_it(self, *words, given=""):
        return subprocess.run(
            [PROGRAM, *words], cwd=self.folder, input=given.encode(), capture_output=True, timeout=60, check=False
        )

    def exits(self, code, *words, given=""):
        """Run it, check the exit code, and give what it printed on standard output."""
        ran = self.run_it(*words, given=given)
        self.assertEqual(ran.returncode, code, (words, ran.stdout, ran.stderr))
        return ran.stdout.decode()

    def document(self, code, *words, given=""):
        return json.loads(self.exits(code, "--json", *words, given=given))

    def error(self, code, *words, given=""):
        found = self.document(code, *words, given=given)
        self.assertEqual(list(found), ["error"])
        return found["error"]

    def make_mugs(self, stock=5):
        self.exits(DONE, "init")
        self.exits(DONE, "catalog", "import", "-", given=MUGS)
        if stock:
            self.exits(DONE, "inventory", "receive", "mug-red", str(stock))

    def place(self, code, user, key="k", token="tok_ok", *more):
        return self.exits(
            code, "checkout", "place", user, "--key", key, "--payment", token, "--address", "demo", *more
        )

    def newest_order(self, user):
        return self.document(DONE, "order", "list", user)["orders"][0]


class TestHelp(Shop):
    def test_help_lists_every_verb_and_each_has_examples(self):
        listed = self.exits(DONE, "help")
        verbs = [line.split("  ")[1].strip() for line in listed.splitlines() if line.startswith("  ")]
        verbs = [verb for verb in verbs if verb and not verb.startswith(("-", "shopcore"))]
        for wanted in ("init", "catalog import FILE", "search WORDS...", "cart merge GUEST USER", "demo"):
            self.assertIn(wanted, verbs)
        self.assertGreaterEqual(len(verbs), 25)
        for verb in verbs:
            words = [word for word in verb.split() if word.islower() and not word.startswith("[")]
            text = self.exits(DONE, "help", *words)
            self.assertIn("Examples:\n  shopcore " + " ".join(words), text)
            self.assertEqual(self.exits(DONE, *words, "--help"), text)

    def test_an_option_takes_a_value_everywhere_or_nowhere(self):
        # A word behind an option is told before the verb is known; and colons part the fields that shells read.
        kinds = {}
        table = self.exits(DONE, "completion", "bash").split("_shopcore_table='")[1].split("'\n")[0]
        for line in table.splitlines():
            noun, name, _, options, *_ = line.split(":")
            for option in options.split():
                kinds.setdefault(option.split("=")[0], set()).add("=" in option)
            offered = self.exits(DONE, "help", *filter(None, (noun, name))).splitlines()[0].count("[--")
            self.assertEqual(len(options.split()), offered, line)
        self.assertEqual([option for option, kind in kinds.items() if len(kind) > 1], [])

    def test_what_is_not_a_verb_is_bad_input(self):
        self.exits(BAD_INPUT)
        self.exits(BAD_INPUT, "card", "add")
        self.exits(BAD_INPUT, "cart")
        self.exits(BAD_INPUT, "help", "card")
        self.assertEqual(self.error(BAD_INPUT, "cart", "ad")["status"], "BAD_ARGUMENT")

    def test_arguments_are_counted_and_options_known(self):
        self.make_mugs()
        for words in (
            ["cart", "add", "ada", "mug-red"],
            ["cart", "add", "ada", "mug-red", "1", "2"],
            ["cart", "add", "ada", "mug-red", "one"],
            ["cart", "add", "ada", "mug-red", "99999999999999999999"],
            ["cart", "add", "guest:", "mug-red", "1"],
            ["cart", "show", "ada", "--limit", "5"],
            ["cart", "show", "ada", "--limt", "5"],
            ["catalog", "list", "--limit"],
            ["catalog", "list", "--limit", "0"],
            ["catalog", "list", "--limit", "1001"],
            ["catalog", "list", "--cursor", "xyz"],
            ["catalog", "list", "--json=yes"],
        ):
            self.assertEqual(self.error(BAD_INPUT, *words)["family"], "bad_input", words)


class TestShop(Shop):
    def test_a_shop_that_is_not_there_is_not_made_by_accident(self):
        self.assertEqual(self.error(NOT_THERE, "catalog", "list")["status"], "NOT_FOUND")
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_init_may_be_repeated(self):
        self.make_mugs()
        self.assertIn("ready", self.exits(DONE, "init"))
        self.assertEqual(len(self.document(DONE, "catalog", "list")["products"]), 2)

    def test_a_shop_may_have_another_name(self):
        self.exits(DONE, "--shop", "sqlite:other.db", "init")
        self.exits(DONE, "catalog", "list", "--shop=sqlite:other.db")
        self.exits(NOT_THERE, "catalog", "list")

    def test_a_file_that_is_no_shop_is_a_failure_of_the_backend(self):
        (self.folder / "shop.db").write_bytes(b"this is no database" * 1000)
        self.assertEqual(self.error(FAILED, "catalog", "list")["family"], "failure")

    def test_a_store_that_is_not_built_in_is_bad_input(self):
        self.exits(BAD_INPUT, "--shop", "oracle:shop", "init")
        self.exits(DONE, "init")
        self.exits(BAD_INPUT, "--gateway", "bank:1", "tick")

    def test_the_demo_runs_through(self):
        text = self.exits(DONE, "demo")
        self.assertIn("is DELIVERED", text)
        self.assertIn("all fits", text)
        self.assertEqual(list(self.folder.iterdir()), [])


class TestCatalog(Shop):
    def test_an_import_accounts_for_each_line(self):
        self.exits(DONE, "init")
        wrong = MUGS + '\n{"sku":"x"}\n{"sku":"pan","name":"Again","price":1,"currency":"USD"}\nnonsense\n'
        found = self.document(BAD_INPUT, "catalog", "import", "-", given=wrong)
        self.assertEqual([row["line"] for row in found["rows"]], [1, 2, 3, 5, 6, 7])
        self.assertEqual([row["result"] for row in found["rows"]], ["created"] * 3 + ["rejected"] * 3)
        self.assertEqual([row.get("status") for row in found["rows"][3:]], ["BAD_ARGUMENT", "EXISTS", "BAD_FORMAT"])
        self.assertEqual((found["created"], found["rejected"], found["lines"]), (3, 3, 6))
        text = self.exits(BAD_INPUT, "catalog", "import", "-", given=wrong)
        self.assertIn("6 lines: 0 created, 0 changed, 3 unchanged, 3 rejected", text)

    def test_the_shipped_products_come_in_whole_and_only_once(self):
        self.exits(DONE, "init")
        (self.folder / "phones.jsonl").write_bytes(gzip.decompress((DATA / "phones-products.jsonl.gz").read_bytes()))
        words = ["catalog", "import", "phones.jsonl", "--map", str(DATA / "phones-map.json")]
        self.assertIn("3291 created", self.exits(DONE, *words))
        self.assertIn("3291 unchanged", self.exits(DONE, *words))
        self.assertGreater(self.document(DONE, "search", "samsung", "galaxy")["total"], 10)
        roots = self.document(DONE, "catalog", "categories")["categories"]
        self.assertIn({"id": "cell-phones", "name": "Cell Phones", "parent": None}, roots)

    def test_what_is_exported_comes_in_again_and_exports_the_same(self):
        self.make_mugs()
        self.exits(DONE, "catalog", "export", "first.jsonl")
        self.exits(DONE, "catalog", "export", "first.csv")
        for name in ("first.jsonl", "first.csv"):
            other = ("--shop", f"sqlite:{name}.db")
            self.exits(DONE, *other, "init")
            self.exits(DONE, *other, "catalog", "import", name)
            self.assertEqual(self.exits(DONE, *other, "catalog", "export"), (self.folder / "first.jsonl").read_text())
            text = self.exits(DONE, *other, "catalog", "export", "--format", "csv")
            self.assertEqual(text, (self.folder / "first.csv").read_text())
        self.exits(BAD_INPUT, "catalog", "export", "--format", "xml")

    def test_prices_change_from_a_file_after_a_dry_run(self):
        self.make_mugs()
        (self.folder / "prices.csv").write_text("sku,percent,was\nmug-red,-10,1299\npan,5,1\nno-such,1,\n")
        found = self.document(BAD_INPUT, "catalog", "prices", "prices.csv", "--dry-run", "--step", "10")
        self.assertEqual([row["result"] for row in found["rows"]], ["changed", "CHANGED", "NOT_FOUND"])
        self.assertEqual((found["rows"][0]["before"], found["rows"][0]["after"]), (1299, 1170))
        self.assertEqual(self.document(DONE, "catalog", "get", "mug-red")["skus"][1]["price"], 1299)
        text = self.exits(BAD_INPUT, "catalog", "prices", "prices.csv")
        self.assertIn("3 lines: 1 changed, 0 unchanged, 2 rejected", text)
        self.assertEqual(self.document(DONE, "catalog", "get", "mug-red")["skus"][1]["price"], 1169)
        self.exits(BAD_INPUT, "catalog", "prices", "prices.csv", "--rounding", "sideways")

    def test_a_category_is_made_moved_renamed_and_deleted(self):
        self.make_mugs()
        self.exits(DONE, "category", "create", "home", "Home")
        self.assertEqual(self.document(DONE, "category", "move", "kitchen", "home")["relisted"], 2)
        self.assertEqual(len(self.document(DONE, "catalog", "list", "--category", "home")["products"]), 2)
        self.exits(REFUSED, "category", "move", "home", "kitchen")
        self.exits(DONE, "category", "rename", "kitchen", "The kitchen")
        children = self.document(DONE, "catalog", "categories", "home")["categories"]
        self.assertEqual(children, [{"id": "kitchen", "name": "The kitchen", "parent": "home"}])
        self.exits(REFUSED, "category", "delete", "home")
        self.exits(DONE, "category", "move", "kitchen")
        self.exits(DONE, "category", "delete", "home")
        self.exits(NOT_THERE, "category", "delete", "home")

    def test_an_import_that_was_killed_goes_on_where_it_was(self):
        self.exits(DONE, "init")
        lines = [json.dumps({"sku": f"s{i}", "name": f"Thing {i}", "price": i, "currency": "USD"}) for i in range(20000)]
        (self.folder / "things.jsonl").write_text("\n".join(lines) + "\n")
        words = [PROGRAM, "catalog", "import", "things.jsonl"]
        killed = subprocess.Popen(words, cwd=self.folder, stdout=subprocess.DEVNULL)
        database = sqlite3.connect(self.folder / "shop.db")
        while not database.execute("SELECT 1 FROM setting WHERE CAST(key AS TEXT) LIKE 'import.%'").fetchall():
            self.assertIsNone(killed.poll())
        killed.kill()
        killed.wait()
        found = self.document(DONE, "catalog", "import", "things.jsonl")
        self.assertGreater(found["resumed_at"], 1000)
        self.assertEqual(found["lines"], 20000)
        self.assertEqual(self.document(DONE, "search", "thing")["total"], 20000)
        self.assertIn("20000 unchanged", self.exits(DONE, "catalog", "import", "things.jsonl"))

    def test_a_file_or_map_that_cannot_be_read_is_bad_input(self):
        self.exits(DONE, "init")
        self.exits(BAD_INPUT, "catalog", "import", "no-such-file")
        self.exits(BAD_INPUT, "catalog", "import", "-", "--map", "no-such-file")
        (self.folder / "map.json").write_text('{"sku": 5}')
        self.assertEqual(self.error(BAD_INPUT, "catalog", "import", "-", "--map", "map.json")["field"], "sku")

    def test_get_shows_the_product_of_a_sku(self):
        self.make_mugs()
        found = self.document(DONE, "catalog", "get", "mug-blue")
        self.assertEqual(found["id"], "mug")
        self.assertEqual([sku["sku"] for sku in found["skus"]], ["mug-blue", "mug-red"])
        self.assertEqual(found["skus"][0]["price"], 1399)
        self.assertIn("13.99 USD", self.exits(DONE, "catalog", "get", "mug-blue"))
        self.assertEqual(self.error(NOT_THERE, "catalog", "get", "mug-green")["status"], "NOT_FOUND")

    def test_list_pages_through_a_category(self):
        self.make_mugs()
        first = self.document(DONE, "catalog", "list", "--category", "kitchen", "--limit", "1")
        self.assertEqual([product["id"] for product in first["products"]], ["mug"])
        second = self.document(
            DONE, "catalog", "list", "--category", "kitchen", "--limit", "1", "--cursor", first["next"]
        )
        self.assertEqual([product["id"] for product in second["products"]], ["pan"])
        self.exits(NOT_THERE, "catalog", "list", "--category", "garden")

    def test_search_finds_by_words_and_category(self):
        self.make_mugs()
        self.assertEqual(self.document(DONE, "search", "frying", "pans")["products"][0]["id"], "pan")
        self.assertEqual(self.document(DONE, "search", "acme", "--category", "kitchen")["total"], 1)
        self.assertEqual(self.document(DONE, "search", "acme", "--category", "garden")["total"], 0)
        self.assertIn("0 of 0 found", self.exits(DONE, "search", "kettle"))

    def test_a_table_is_aligned(self):
        self.make_mugs()
        lines = self.exits(DONE, "catalog", "list").splitlines()
        self.assertEqual(lines[0], "sku           price  brand  name")
        self.assertEqual(lines[1], "mug-blue  13.99 USD         Mug, blue")


class TestInventory(Shop):
    def test_receive_and_get_show_the_counters(self):
        self.make_mugs(stock=0)
        self.assertEqual(self.document(DONE, "inventory", "receive", "mug-red", "5")["available"], 5)
        self.exits(DONE, "inventory", "receive", "mug-red", "7", "--key", "delivery-1")
        self.exits(DONE, "inventory", "receive", "mug-red", "7", "--key", "delivery-1")
        self.assertEqual(self.document(DONE, "inventory", "get", "mug-red")["on_hand"], 12)
        self.exits(BAD_INPUT, "inventory", "receive", "mug-red", "0")
        self.exits(BAD_INPUT, "inventory", "receive", "mug-red", "-1")

    def test_the_journal_tells_what_moved(self):
        self.make_mugs()
        self.exits(DONE, "cart", "add", "ada", "mug-red", "2")
        self.place(DONE, "ada")
        found = self.document(DONE, "inventory", "journal", "mug-red")["movements"]
        self.assertEqual([movement["reason"] for movement in found], ["commit", "hold", "receive"])
        self.assertEqual(found[0]["committed_after"], 2)
        self.assertEqual(found[0]["cause"], self.newest_order("ada")["id"])


    def test_units_lie_in_several_places_and_move(self):
        self.make_mugs(stock=5)
        self.exits(DONE, "inventory", "receive", "mug-red", "3", "--location", "annex")
        self.exits(REFUSED, "inventory", "transfer", "mug-red", "6", "main", "annex")
        moved = self.document(DONE, "inventory", "transfer", "mug-red", "2", "main", "annex")
        self.assertEqual(moved, {"sku": "mug-red", "moved": 2, "from": "main", "to": "annex"})
        self.assertEqual(self.document(DONE, "inventory", "get", "mug-red", "--location", "annex")["on_hand"], 5)
        self.exits(BAD_INPUT, "inventory", "adjust", "mug-red", "-1")
        broken = self.document(DONE, "inventory", "adjust", "mug-red", "-1", "--reason", "breakage")
        self.assertEqual(broken["on_hand"], 2)
        self.assertEqual(self.document(DONE, "inventory", "set", "mug-red", "9")["on_hand"], 9)

    def test_an_empty_shelf_is_told_and_the_latest_orders_give_way(self):
        self.make_mugs(stock=2)
        self.assertEqual(self.document(DONE, "inventory", "shortages"), {"shortages": []})
        for buyer in ("ada", "bob"):
            self.exits(DONE, "cart", "add", buyer, "mug-red", "1")
            self.place(DONE, buyer)
        self.exits(DONE, "inventory", "set", "mug-red", "1")
        found = self.document(DONE, "inventory", "shortages", "--cancel", "orders")["shortages"]
        self.assertEqual([(row["sku"], row["missing"], row["cancelled"]) for row in found], [("mug-red", 1, 1)])
        self.assertEqual(self.newest_order("bob")["status"], "CANCELLED")
        self.assertEqual(self.newest_order("ada")["status"], "CONFIRMED")
        self.exits(BAD_INPUT, "inventory", "shortages", "--cancel", "all")

    def test_safety_stock_backorders_and_what_is_not_counted(self):
        self.make_mugs(stock=5)
        self.assertEqual(self.document(DONE, "inventory", "safety", "mug-red", "2")["available"], 3)
        self.assertEqual(self.document(DONE, "inventory", "safety", "mug-red", "-4")["available"], 9)
        self.exits(DONE, "inventory", "safety", "mug-red", "none")
        self.exits(DONE, "inventory", "reserve", "mug-red", "1000000")

    def test_a_reservation_from_beginning_to_end(self):
        self.make_mugs(stock=5)
        self.exits(DONE, "inventory", "receive", "mug-red", "3", "--location", "annex")
        words = ["inventory", "reserve", "mug-red", "7", "--locations", "main,annex"]
        self.exits(REFUSED, *words)
        made = self.document(DONE, *words, "--split", "--ttl", "60")
        self.assertEqual([(t["location"], t["quantity"]) for t in made["takes"]], [("main", 5), ("annex", 2)])
        name = made["reservation"]
        later = self.document(DONE, "inventory", "extend", name, "3600")
        self.assertGreater(later["deadline_ms"], made["deadline_ms"])
        sold = self.document(DONE, "inventory", "commit", name, "6")
        self.assertEqual([t["committed"] for t in sold["takes"]], [5, 1])
        self.exits(DONE, "inventory", "fulfil", name)
        self.exits(REFUSED, "inventory", "fulfil", name)
        other = self.document(DONE, "inventory", "reserve", "mug-red", "1", "--location", "annex")["reservation"]
        self.assertEqual(self.document(DONE, "inventory", "release", other)["state"], "released")
        self.exits(NOT_THERE, "inventory", "show", "0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11")
        self.exits(BAD_INPUT, "inventory", "show", "mug-red")
        self.exits(DONE, "verify")

    def test_a_damage_is_found_and_repaired(self):
        self.make_mugs(stock=5)
        with contextlib.closing(sqlite3.connect(self.folder / "shop.db")) as file:
            file.execute("UPDATE stock SET on_hand = on_hand + 1")
            file.commit()
        self.exits(FAILED, "verify")
        repaired = self.document(DONE, "inventory", "repair")
        self.assertEqual((repaired["mended"], repaired["left"]), (1, 0))
        self.assertEqual(repaired["repairs"][0]["damage"], "ON_HAND_OFF")
        self.exits(DONE, "verify")
        self.assertEqual(self.document(DONE, "inventory", "get", "mug-red")["on_hand"], 5)


class TestCart(Shop):
    def test_a_line_is_put_aside_and_comes_back(self):
        self.make_mugs()
        self.exits(DONE, "cart", "add", "ada", "mug-red", "2")
        aside = self.document(DONE, "cart", "save", "ada", "mug-red")
        self.assertEqual((len(aside["lines"]), len(aside["saved"])), (0, 1))
        back = self.document(DONE, "cart", "save", "ada", "mug-red", "--back")
        self.assertEqual((len(back["lines"]), len(back["saved"])), (1, 0))
        self.assertEqual(self.document(DONE, "cart", "note", "ada", "ring twice")["note"], "ring twice")
        self.assertEqual(self.document(DONE, "cart", "note", "ada")["note"], "")

    def test_carts_that_nobody_touched_are_listed(self):
        self.make_mugs()
        self.exits(DONE, "cart", "add", "ada", "mug-red", "2")
        self.assertEqual(self.document(DONE, "cart", "abandoned")["carts"], [])
        listed = self.document(DONE, "cart", "abandoned", "--idle", "0")
        self.assertEqual([cart["owner"] for cart in listed["carts"]], ["u:ada"])

    def test_a_merge_by_another_rule(self):
        self.make_mugs()
        self.exits(DONE, "cart", "add", "ada", "mug-red", "2")
        self.exits(DONE, "cart", "add", "guest:v", "mug-red", "3")
        self.exits(BAD_INPUT, "cart", "merge", "v", "ada", "--rule", "smallest")
        merged = self.document(DONE, "cart", "merge", "v", "ada", "--rule", "larger")
        self.assertEqual(merged["cart"]["lines"][0]["quantity"], 3)

    def test_a_cart_is_filled_changed_and_emptied(self):
        self.make_mugs()
        self.exits(DONE, "cart", "add", "ada", "mug-red", "2")
        self.exits(DONE, "cart", "add", "ada", "mug-red", "1")
        cart = self.document(DONE, "cart", "show", "ada")
        self.assertEqual([(line["sku"], line["quantity"]) for line in cart["lines"]], [("mug-red", 3)])
        self.exits(DONE, "cart", "set", "ada", "mug-red", "7")
        self.assertEqual(self.document(DONE, "cart", "show", "ada")["lines"][0]["quantity"], 7)
        self.exits(DONE, "cart", "set", "ada", cart["lines"][0]["id"], "1")
        self.exits(DONE, "cart", "remove", "ada", "mug-red")
        self.assertIn("is empty", self.exits(DONE, "cart", "show", "ada"))
        self.exits(NOT_THERE, "cart", "remove", "ada", "mug-red")
        self.exits(NOT_THERE, "cart", "add", "ada", "mug-green", "1")

    def test_a_key_makes_a_repeat_harmless(self):
        self.make_mugs()
        for _ in range(2):
            self.exits(DONE, "cart", "add", "ada", "mug-red", "1", "--key", "once")
        self.assertEqual(self.document(DONE, "cart", "show", "ada")["lines"][0]["quantity"], 1)
        self.assertEqual(
            self.error(REFUSED, "cart", "add", "ada", "mug-red", "2", "--key", "once")["status"], "KEY_REUSED"
        )

    def test_a_guest_is_not_the_user_of_that_name(self):
        self.make_mugs()
        self.exits(DONE, "cart", "add", "guest:ada", "mug-red", "1")
        self.assertEqual(self.document(DONE, "cart", "show", "ada")["lines"], [])

    def test_a_guests_cart_moves_to_the_user(self):
        self.make_mugs()
        self.exits(DONE, "cart", "add", "guest:visitor", "mug-red", "2")
        self.exits(DONE, "cart", "add", "ada", "mug-red", "1")
        merged = self.document(DONE, "cart", "merge", "visitor", "ada")
        self.assertEqual(merged["units_moved"], 2)
        self.assertEqual(merged["cart"]["lines"][0]["quantity"], 3)
        self.assertEqual(self.document(DONE, "cart", "merge", "guest:visitor", "ada")["units_moved"], 0)


class TestCheckout(Shop):
    def test_a_repeat_prints_the_same_placement_byte_for_byte(self):
        self.make_mugs()
        self.exits(DONE, "cart", "add", "ada", "mug-red", "1")
        buy = ["checkout", "place", "ada", "--key", "k", "--payment", "tok_ok", "--address", "demo"]
        first = self.exits(DONE, "--json", *buy)
        text = self.exits(DONE, *buy)
        self.exits(DONE, "order", "ship", self.newest_order("ada")["id"], "--tracking", "T")
        self.assertEqual(self.exits(DONE, "--json", *buy), first)
        self.assertEqual(self.exits(DONE, *buy), text)
        self.assertEqual(len(self.document(DONE, "order", "list", "ada")["orders"]), 1)

    def test_a_key_for_another_request_is_refused(self):
        self.make_mugs()
        self.exits(DONE, "cart", "add", "ada", "mug-red", "1")
        self.place(DONE, "ada")
        found = self.error(
            REFUSED, "checkout", "place", "ada", "--key", "k", "--payment", "tok_slow", "--address", "demo"
        )
        self.assertEqual(found["status"], "KEY_REUSED")

    def test_an_empty_cart_and_missing_stock_are_refused(self):
        self.make_mugs(stock=1)
        self.place(REFUSED, "ada")
        self.exits(DONE, "cart", "add", "ada", "mug-red", "2")
        found = self.error(
            REFUSED, "checkout", "place", "ada", "--key", "k", "--payment", "tok_ok", "--address", "demo"
        )
        self.assertEqual((found["status"], found["wanted"], found["available"]), ("OUT_OF_STOCK", 2, 1))

    def test_what_must_be_given_is_named(self):
        self.make_mugs()
        self.exits(DONE, "cart", "add", "ada", "mug-red", "1")
        given = {"--key": "k", "--payment": "tok_ok", "--address": "demo"}
        for missing in given:
            words = [word for name, value in given.items() if name != missing for word in (name, value)]
            self.assertEqual(self.error(BAD_INPUT, "checkout", "place", "ada", *words)["field"], missing)

    def test_a_guest_gives_an_e_mail_address(self):
        self.make_mugs()
        self.exits(DONE, "cart", "add", "guest:g", "mug-red", "1")
        self.place(BAD_INPUT, "guest:g")
        self.place(DONE, "guest:g", "k", "tok_ok", "--email", "g@example.org")
        self.assertEqual(self.newest_order("guest:g")["owner"], "g:g")

    def test_an_address_comes_from_a_file(self):
        self.make_mugs()
        self.exits(DONE, "cart", "add", "ada", "mug-red", "1")
        home = {"name": "Ada", "line1": "1 Road", "city": "Leeds", "postal_code": "LS1", "country": "GB"}
        (self.folder / "home.json").write_text(json.dumps(home))
        (self.folder / "bad.json").write_text('{"name": 5}')
        buy = ["checkout", "place", "ada", "--key", "k", "--payment", "tok_ok", "--address"]
        self.assertEqual(self.error(BAD_INPUT, *buy, "bad.json")["field"], "name")
        self.exits(BAD_INPUT, *buy, "no-such-file")
        self.exits(DONE, *buy, "home.json")
        self.assertEqual(self.newest_order("ada")["shipping_address"]["city"], "Leeds")

    def test_a_price_that_rose_needs_consent(self):
        self.make_mugs()
        self.exits(DONE, "cart", "add", "ada", "mug-red", "1")
        self.exits(DONE, "catalog", "import", "-", given=MUGS.replace("1299", "1499"))
        quote = self.document(DONE, "checkout", "quote", "ada")
        self.assertTrue(quote["needs_consent"])
        self.assertEqual([(c["change"], c["was"], c["now"]) for c in quote["changes"]], [("price_up", 1299, 1499)])
        self.place(REFUSED, "ada")
        self.place(DONE, "ada", "k", "tok_ok", "--consent")

    def test_a_fee_and_what_a_cart_and_an_order_would_cost_otherwise(self):
        self.make_mugs()
        self.exits(DONE, "fee", "put", "-", given='{"id":"wrapping","amount":300}')
        self.exits(DONE, "tax", "put", "-", given='{"id":"gb","rate":20,"country":"GB"}')
        (self.folder / "other.json").write_text('{"tax_rates":{"20":10}}')
        self.exits(DONE, "cart", "add", "ada", "mug-red", "1")
        quote = self.document(DONE, "checkout", "quote", "ada", "--country", "GB")
        self.assertEqual((quote["fees_minor"], quote["total_minor"]), (360, 1559 + 360))
        cart = self.document(DONE, "cart", "what-if", "ada", "other.json", "--country", "GB")
        self.assertEqual(cart["difference"]["total_gross"], -130 - 30)
        self.place(DONE, "ada", "k", "tok_ok", "--quote", quote["token"])
        order = self.newest_order("ada")
        self.assertEqual([fee["code"] for fee in order["fees"]], ["wrapping"])
        self.assertIn("17.59", self.exits(DONE, "order", "what-if", order["id"], "other.json"))
        (self.folder / "wrong.json").write_text('{"taxes":{}}')
        self.assertEqual(self.error(BAD_INPUT, "order", "what-if", order["id"], "wrong.json")["field"], "/what_if/taxes")

    def test_rules_and_coupons_of_a_shop(self):
        self.make_mugs()
        self.exits(DONE, "promotion", "put", "-", given='{"id":"spring","type":"percentage","value":10,"coupon":"SPRING"}')
        self.exits(DONE, "coupon", "put", "-", given='{"id":"SPRING","limit":1}')
        (self.folder / "taxes.jsonl").write_text('{"id":"gb","country":"GB","rate":20}\n{"id":"de","country":"DE","rate":19}\n')
        self.assertEqual(self.document(DONE, "tax", "put", "taxes.jsonl"), {"put": 2})
        self.assertEqual([t["id"] for t in self.document(DONE, "tax", "list")["rules"]], ["de", "gb"])
        self.assertEqual(self.error(BAD_INPUT, "tax", "put", "-", given='{"id":"x","rate":101}')["field"], "/rate")
        self.exits(DONE, "cart", "add", "ada", "mug-red", "2")
        self.exits(NOT_THERE, "cart", "coupon", "ada", "WINTER")
        self.exits(DONE, "cart", "coupon", "ada", "spring")
        quote = self.document(DONE, "checkout", "quote", "ada", "--country", "GB")
        self.assertEqual((quote["discount_minor"], quote["total_minor"]), (260, 2806))
        self.assertEqual(quote["coupons"], [{"code": "SPRING", "applied": True, "discount_minor": 260,
                                             "text": "applied", "wanted": 0, "available": 0}])
        self.place(DONE, "ada")
        self.assertEqual(self.document(DONE, "coupon", "count", "SPRING")["used"], 1)
        order = self.newest_order("ada")["id"]
        self.assertIn("spring", self.exits(DONE, "order", "explain", order))
        document = self.exits(DONE, "--json", "order", "explain", order)
        self.assertEqual(json.loads(self.exits(DONE, "price", "-", given=document))["total_gross"], 2806)
        self.exits(DONE, "tax", "delete", "de")
        since = self.document(NOT_THERE, "tax", "delete", "de")
        self.assertIn("error", since)

    def test_codes_that_are_good_once(self):
        self.make_mugs()
        self.exits(DONE, "promotion", "put", "-", given='{"id":"p","type":"percentage","value":10,"coupon":"ONCE"}')
        self.exits(DONE, "coupon", "put", "-", given='{"id":"ONCE","single_use":true}')
        issued = self.exits(DONE, "coupon", "issue", "ONCE", "3").split()
        self.assertEqual(len(set(issued)), 3)
        (self.folder / "codes.txt").write_text("A-1\nA-2\n\nA-3\n")
        self.assertEqual(self.document(DONE, "coupon", "import", "ONCE", "codes.txt"), {"imported": 3})
        self.exits(DONE, "cart", "coupon", "ada", issued[1])
        self.exits(DONE, "cart", "coupon", "bob", "a-3")
        self.exits(NOT_THERE, "cart", "coupon", "eve", "A-4")

    def test_standard_input_may_have_a_document_a_line(self):
        out = self.exits(BAD_INPUT, "price", "-", given='{"currency":"EUR"}\n{"currency":"XXX"}\n').splitlines()
        self.assertEqual([json.loads(line).get("error") for line in out], [None, "BAD_CURRENCY"])
        self.exits(DONE, "price", "-", given='{\n"currency":"EUR"}\n')

    def test_a_declined_card_leaves_an_order_that_can_be_paid(self):
        self.make_mugs()
        self.exits(DONE, "cart", "add", "ada", "mug-red", "1")
        ran = self.run_it("checkout", "place", "ada", "--key", "k", "--payment", "tok_declined", "--address", "demo")
        order = self.newest_order("ada")
        self.assertEqual(ran.returncode, REFUSED)
        self.assertIn(order["id"].encode(), ran.stderr)
        self.assertEqual(order["status"], "PENDING")
        self.assertEqual(self.document(DONE, "inventory", "get", "mug-red")["held"], 1)
        self.exits(DONE, "checkout", "pay", order["id"], "--payment", "tok_ok")
        self.assertEqual(self.newest_order("ada")["status"], "CONFIRMED")

    def test_silence_is_unknown_until_a_tick_asks(self):
        self.make_mugs()
        self.exits(DONE, "cart", "add", "ada", "mug-red", "1")
        provider = "fake:books?silence_ms=0"
        self.exits(
            UNKNOWN, "--gateway", provider, "checkout", "place", "ada", "--key", "k", "--payment",
            "tok_silent_charged", "--address", "demo",
        )
        self.exits(DONE, "--gateway", provider, "tick", "--wait", "5")
        self.assertEqual(self.newest_order("ada")["status"], "CONFIRMED")
        self.exits(DONE, "verify")


class TestOrder(Shop):
    def bought(self):
        self.make_mugs()
        self.exits(DONE, "cart", "add", "ada", "mug-red", "2")
        self.place(DONE, "ada")
        return self.newest_order("ada")["id"]

    def test_an_order_is_shipped_and_delivered(self):
        order = self.bought()
        self.exits(REFUSED, "order", "deliver", order)
        self.exits(DONE, "order", "ship", order, "--tracking", "1Z9", "--carrier", "UPS")
        self.exits(REFUSED, "order", "cancel", order)
        self.assertIn("DELIVERED", self.exits(DONE, "order", "deliver", order))
        found = self.document(DONE, "order", "show", order)
        self.assertEqual(found["status"], "DELIVERED")
        self.assertEqual(found["shipment"]["tracking"], "1Z9")
        self.assertEqual(self.document(DONE, "inventory", "get", "mug-red")["on_hand"], 3)
        self.assertTrue(self.document(DONE, "verify")["clean"])

    def test_a_cancelled_order_gives_stock_and_money_back(self):
        order = self.bought()
        self.exits(DONE, "order", "cancel", order, "--reason", "wrong size")
        self.exits(DONE, "tick", "--wait", "5")
        found = self.document(DONE, "order", "show", order)
        self.assertEqual(found["status"], "CANCELLED")
        self.assertEqual([payment["state"] for payment in found["payments"]], ["REFUNDED"])
        self.assertEqual(self.document(DONE, "inventory", "get", "mug-red")["available"], 5)
        self.exits(DONE, "verify")

    def test_some_units_of_an_order_are_cancelled(self):
        order = self.bought()
        cancel = ["order", "cancel", order, "--line", "mug-red", "--key", "c-1"]
        self.assertEqual(self.document(DONE, *cancel)["status"], "CONFIRMED")
        self.exits(DONE, *cancel)
        self.assertEqual(self.document(DONE, "inventory", "get", "mug-red")["available"], 4)
        refunds = self.document(DONE, "refund", "list", order)
        self.assertEqual([(refund["amount"], refund["cancelled"]) for refund in refunds], [(1299, True)])
        self.exits(REFUSED, "order", "cancel", order, "--line", "1:2")
        self.assertEqual(self.error(NOT_THERE, "order", "cancel", order, "--line", "pan")["field"], "--line")
        self.assertEqual(self.error(BAD_INPUT, "order", "cancel", order, "--line", "1:all")["field"], "--line")
        self.assertIn("CANCELLED", self.exits(DONE, "order", "cancel", order, "--line", "1:1"))
        self.exits(DONE, "tick", "--wait", "5")
        self.exits(DONE, "verify")

    def test_several_lines_go_back_at_once(self):
        self.make_mugs()
        self.exits(DONE, "inventory", "receive", "pan", "1")
        self.exits(DONE, "cart", "add", "ada", "mug-red", "3")
        self.exits(DONE, "cart", "add", "ada", "pan", "1")
        self.place(DONE, "ada")
        order = self.newest_order("ada")["id"]
        refunds = self.document(DONE, "refund", "make", order, "--line", "mug-red:2", "--line=pan", "--plan")
        self.assertEqual([part["quantity"] for part in refunds[0]["parts"] if part["line"]], [2, 1])
        self.assertEqual(refunds[0]["amount"], 2 * 1299 + 4500)

    def test_a_refund_may_become_store_credit(self):
        order = self.bought()
        made = self.document(DONE, "refund", "make", order, "--amount", "500", "--to-credit")
        self.assertEqual([refund["to_credit"] for refund in made], [True])
        self.assertEqual(self.document(DONE, "credit", "show", "ada")["balance_minor"], 500)
        self.exits(DONE, "verify")

    def test_what_is_no_order_is_told_from_what_is_no_id(self):
        self.make_mugs()
        self.exits(NOT_THERE, "order", "show", "0195e7c2-8d1e-7c3a-9b51-2f6f0b7d4c11")
        self.exits(BAD_INPUT, "order", "show", "42")


class TestTender(Shop):
    def issue(self, amount):
        return self.document(DONE, "gift-card", "issue", str(amount))["code"]

    def balance(self, code):
        return self.document(DONE, "gift-card", "show", "-", given=code + "\n")["balance_minor"]

    def buy(self, code, *more, given="", key="k"):
        self.exits(DONE, "cart", "add", "ada", "mug-red", "1")
        return self.exits(code, "checkout", "place", "ada", "--key", key, "--address", "demo", *more, given=given)

    def test_credit_is_granted_shown_and_taken_back(self):
        self.exits(DONE, "init")
        for _ in range(2):
            self.exits(DONE, "credit", "grant", "ada", "700", "--reason", "came late", "--key", "g-1")
        self.assertEqual(self.document(DONE, "credit", "grant", "ada", "-200")["balance_minor"], 500)
        self.exits(REFUSED, "credit", "grant", "ada", "-501")
        shown = self.document(DONE, "credit", "show", "ada")
        self.assertEqual([move["amount_minor"] for move in shown["moves"]], [-200, 700])
        self.assertEqual(shown["moves"][1]["reason"], "came late")
        self.assertIn("came late", self.exits(DONE, "credit", "show", "ada"))
        self.assertEqual(len(self.document(DONE, "credit", "show", "ada", "--limit", "1")["moves"]), 1)
        self.assertEqual(self.error(BAD_INPUT, "credit", "grant", "guest:ada", "5")["field"], "USER")

    def test_cards_and_credit_pay_before_the_provider(self):
        self.make_mugs()
        first, second = self.issue(1000), self.issue(1000)
        self.exits(DONE, "credit", "grant", "ada", "50")
        (self.folder / "cards.txt").write_text(f"{first}:700\r\n\n{second}:100\n")
        self.buy(DONE, "--gift-cards", "cards.txt", "--credit", "50", "--payment", "tok_ok")
        self.assertEqual((self.balance(first), self.balance(second)), (300, 900))
        self.assertEqual(self.document(DONE, "credit", "show", "ada")["balance_minor"], 0)
        order = self.document(DONE, "order", "show", self.newest_order("ada")["id"])
        paid = [(payment.get("tender"), payment["amount_minor"]) for payment in order["payments"]]
        self.assertEqual(
            sorted(paid, key=str),
            [("gift_card", 100), ("gift_card", 700), ("store_credit", 50), (None, 1299 - 850)],
        )
        self.assertEqual(order["status"], "CONFIRMED")
        self.exits(DONE, "verify")

    def test_what_cards_and_credit_pay_in_full_needs_no_provider(self):
        self.make_mugs()
        code = self.issue(1000)
        self.exits(DONE, "credit", "grant", "ada", "5000")
        printed = self.buy(DONE, "--gift-cards", "-", "--credit", "all", given=code + "\n")
        self.assertIn("due 0.00 USD", printed)
        self.assertEqual(self.document(DONE, "credit", "show", "ada")["balance_minor"], 5000 - 299)
        self.assertEqual(self.newest_order("ada")["status"], "CONFIRMED")
        self.exits(DONE, "verify")

    def test_a_card_without_enough_is_refused_and_its_code_never_printed(self):
        self.make_mugs()
        code = self.issue(100)
        self.exits(DONE, "cart", "add", "ada", "mug-red", "1")
        place = ["checkout", "place", "ada", "--key", "k", "--address", "demo", "--gift-cards", "-"]
        for wrong, exit_code in ((":101", REFUSED), (":much", BAD_INPUT), ("\n" + code, BAD_INPUT)):
            ran = self.run_it(*place, given=code + wrong)
            self.assertEqual(ran.returncode, exit_code, ran.stderr)
            self.assertNotIn(code, (ran.stdout + ran.stderr).decode())
        nine = "\n".join(["x" * 16] * 9)
        self.assertEqual(self.error(BAD_INPUT, *place, given=nine)["status"], "OVER_LIMIT")
        self.assertEqual(self.balance(code), 100)


class TestToken(Shop):
    def make(self, *words):
        return self.document(DONE, "token", "create", *words)

    def listed(self):
        return self.document(DONE, "token", "list")["tokens"]

    def test_a_token_is_shown_once_and_kept_as_a_hash(self):
        self.exits(DONE, "init")
        made = self.make("customer", "ada", "--scopes", "cart,orders", "--note", "her phone")
        (kept,) = self.listed()
        self.assertEqual([kept[name] for name in ("id", "role", "actor", "scopes", "note", "expires_ms", "expired")],
                         [made["id"], "customer", "ada", "cart,orders", "her phone", None, False])
        self.assertTrue(made["token"].startswith(f"sct_{made['id']}_"))
        bits = made["token"].removeprefix(f"sct_{made['id']}_").encode()
        for file in self.folder.iterdir():
            self.assertNotIn(bits, file.read_bytes(), file.name)

    def test_a_token_ends_after_its_hours(self):
        self.exits(DONE, "init")
        made = self.make("admin", "office", "--hours", "2")
        (kept,) = self.listed()
        self.assertEqual((kept["expires_ms"] - kept["created_ms"], kept["expires_ms"]), (7200000, made["expires_ms"]))

    def test_a_token_is_rotated_and_revoked(self):
        self.exits(DONE, "init")
        old = self.make("seller", "acme", "--scopes", "*")["id"]
        new = self.document(DONE, "token", "rotate", old)["id"]
        self.assertEqual({token["id"]: token["expired"] for token in self.listed()}, {old: True, new: False})
        self.exits(NOT_THERE, "token", "rotate", old)
        self.exits(DONE, "token", "revoke", new)
        self.exits(NOT_THERE, "token", "revoke", new)
        self.assertEqual([token["id"] for token in self.listed()], [old])

    def test_what_a_token_may_not_be_is_named(self):
        self.exits(DONE, "init")
        self.assertEqual(self.error(BAD_INPUT, "token", "create", "king", "ada")["field"], "ROLE")
        self.assertEqual(self.error(BAD_INPUT, "token", "create", "admin", "a", "--scopes", "A B")["field"], "scopes")
        self.assertEqual(self.error(BAD_INPUT, "token", "create", "admin", "a", "--hours", "-1")["field"], "--hours")


class TestMany(Shop):
    def test_twenty_processes_at_once_sell_five_mugs_to_five(self):
        self.make_mugs(stock=5)
        buyers = [f"buyer-{i}" for i in range(20)]
        for buyer in buyers:
            self.exits(DONE, "cart", "add", buyer, "mug-red", "1")

        def buy(buyer):
            words = ["checkout", "place", buyer, "--key", "k", "--payment", "tok_ok", "--address", "demo"]
            return self.run_it(*words).returncode

        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            codes = sorted(pool.map(buy, buyers))
        self.assertEqual(codes, [DONE] * 5 + [REFUSED] * 15)
        self.exits(DONE, "verify")


if __name__ == "__main__":
    PROGRAM = str(pathlib.Path(sys.argv.pop(1)).resolve())
    unittest.main()
