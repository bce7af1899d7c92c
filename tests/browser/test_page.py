"""The page at / as a person uses it: search, fill the cart, buy with the fake provider, see the order confirmed.

usage: test_page.py PROGRAM COMMAND SCREENSHOTS [test…]

Skipped (exit code 77) where there is no Chromium. The last page of each test is kept as a picture in SCREENSHOTS.
"""

import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import unittest

import chromium

PROGRAM = COMMAND = ""
SCREENSHOTS = pathlib.Path()
DATA = pathlib.Path(__file__).resolve().parents[2] / "examples" / "data"


class Shopping(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.shop = f"sqlite:{cls.folder.name}/shop.db"
        goods = subprocess.run(["gzip", "-dc", DATA / "phones-products.jsonl.gz"], check=True, capture_output=True).stdout
        cls.command("init")
        cls.command("catalog", "import", "-", "--map", str(DATA / "phones-map.json"), given=b"".join(
            goods.splitlines(keepends=True)[:400]))
        cls.server = subprocess.Popen([PROGRAM, "--shop", cls.shop, "--listen", "127.0.0.1:0"], stdout=subprocess.PIPE,
                                      text=True)
        cls.url = cls.server.stdout.readline().split()[-1]

    @classmethod
    def tearDownClass(cls):
        cls.server.send_signal(signal.SIGTERM)
        cls.server.wait(30)
        cls.server.stdout.close()
        cls.folder.cleanup()

    @classmethod
    def command(cls, *words, given=None):
        ran = subprocess.run([COMMAND, "--json", "--shop", cls.shop, *words], check=True, capture_output=True, input=given)
        return json.loads(ran.stdout)

    def setUp(self):
        self.page = chromium.Page(self.url)
        self.addCleanup(self.page.close)
        self.addCleanup(lambda: self.page.screenshot(SCREENSHOTS / f"{self.id().rsplit('.', 1)[1]}.png"))
        self.page.wait("document.querySelectorAll('.offer').length")

    def text(self, selector):
        return self.page.run(f"document.querySelector({json.dumps(selector)}).innerText")

    def search(self, words):
        self.page.type("#search input", words)
        self.page.press_enter()
        self.page.wait("document.querySelector('#message').innerText.includes('found')")

    def stock_first_offers(self, count, quantity):
        """Units of what stands in front, by the names of the offers."""
        names = self.page.run(f"[...document.querySelectorAll('.offer b')].slice(0, {count}).map(e => e.textContent)")
        products = self.command("search", names[0], "--limit", "50")["products"]
        skus = [sku["sku"] for product in products for sku in product["skus"] if (sku["name"] or product["name"]) in names]
        for sku in skus:
            self.command("inventory", "receive", sku, str(quantity))

    def lines(self):
        return self.page.run("document.querySelectorAll('#lines li').length")

    def test_a_person_buys(self):
        self.search("samsung galaxy")
        self.assertGreater(self.page.run("document.querySelectorAll('.offer').length"), 1)
        self.stock_first_offers(1, 5)
        self.page.click(".offer button", "Add to cart")
        self.page.wait("document.querySelectorAll('#lines li').length === 1")
        once = self.text("#total")
        self.page.click("#lines button", "+")
        self.page.wait(f"document.querySelector('#total').innerText !== {json.dumps(once)}")
        total = self.text("#total")
        self.page.type("#buy [name=city]", "Bath")
        self.page.click("#buy button", "Buy")
        self.page.wait("!document.querySelector('#order').hidden && document.querySelector('#lines').children.length === 0")
        self.assertEqual((self.text("#order-status"), self.text("#order-total")), ("CONFIRMED", total))
        order = self.command("order", "show", self.text("#order-id"))
        self.assertEqual((order["status"], order["shipping_address"]["city"]), ("CONFIRMED", "Bath"))
        self.assertEqual([line["quantity"] for line in order["lines"]], [2])
        self.assertEqual(self.page.complaints, [])

    def test_a_declined_card_is_told_and_the_cart_stays(self):
        self.search("iphone")
        self.stock_first_offers(1, 5)
        self.page.click(".offer button", "Add to cart")
        self.page.wait("document.querySelectorAll('#lines li').length === 1")
        self.page.run("document.querySelector('#buy select').value = 'tok_declined'")
        self.page.click("#buy button", "Buy")
        self.page.wait("document.querySelector('#message').classList.contains('bad')")
        self.assertTrue(self.page.run("document.querySelector('#order').hidden"))
        self.assertEqual(self.lines(), 1)

    def test_what_is_sold_out_is_told(self):
        self.search("case")
        self.page.click(".offer button", "Add to cart")
        self.page.wait("document.querySelectorAll('#lines li').length === 1")
        self.page.click("#buy button", "Buy")
        self.page.wait("document.querySelector('#message').classList.contains('bad')")
        self.assertIn("stock", self.text("#message"))

    def test_the_cart_is_there_after_a_reload(self):
        self.search("charger")
        self.page.click(".offer button", "Add to cart")
        self.page.wait("document.querySelectorAll('#lines li').length === 1")
        self.page.call("Page.reload")
        self.page.wait("document.querySelectorAll('#lines li').length === 1")
        self.page.click("#lines button", "−")
        self.page.wait("document.querySelectorAll('#lines li').length === 0 && !document.querySelector('#empty').hidden")
        self.assertEqual(self.page.complaints, [])

    def test_it_fits_a_telephone(self):
        self.page.call("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=2, mobile=True)
        self.search("samsung")
        self.page.click(".offer button", "Add to cart")
        self.page.wait("document.querySelectorAll('#lines li').length === 1")
        self.assertLessEqual(self.page.run("document.documentElement.scrollWidth"), 390)

    def test_names_are_text_and_never_markup(self):
        evil = {"sku": "000", "name": "<img src=x onerror=document.title='owned'>", "price": 100, "currency": "USD"}
        self.command("catalog", "import", "-", given=json.dumps(evil).encode())
        self.page.run("look('')")
        self.page.wait("[...document.querySelectorAll('.offer b')].some(e => e.textContent.includes('<img'))")
        self.assertEqual((self.page.run("document.title"), self.page.run("document.images.length")), ("Shop", 0))


def main():
    global PROGRAM, COMMAND, SCREENSHOTS
    if chromium.PROGRAM is None:
        print("skipped: no chromium here")
        return 77
    PROGRAM, COMMAND, SCREENSHOTS = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return 0 if unittest.main(argv=sys.argv[:1] + sys.argv[4:], exit=False).result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
