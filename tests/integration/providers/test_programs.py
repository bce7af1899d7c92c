"""A whole shop with a real provider's driver behind it: the command line and the HTTP server against the stand-ins.

usage: test_programs.py PROGRAM SERVER|- [test…]
"""
import json
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

PROGRAM = SERVER = ""
HERE = pathlib.Path(__file__).resolve().parent
DONE, REFUSED, BAD_INPUT, NOT_THERE, FAILED, UNKNOWN = range(6)
MUG = '{"sku":"mug","product":"mug","name":"Mug","sku_name":"Mug","price":1299,"currency":"USD","categories":["x"]}\n'


class Provider:
    """A stand-in and how it is steered."""

    def __init__(self, script):
        self.process = subprocess.Popen([sys.executable, HERE / script], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True)
        self.url = f"http://127.0.0.1:{int(self.process.stdout.readline())}"

    def steer(self, what, **form):
        data = urllib.parse.urlencode(form).encode() if form else None
        with urllib.request.urlopen(f"{self.url}/_test/{what}", data=data, timeout=20) as answer:
            return answer.read().decode()

    def stop(self):
        self.process.stdin.close()
        self.process.wait(20)
        self.process.stdout.close()


class Shop(unittest.TestCase):
    script, key = "stripe_standin.py", "sk_test_of_the_stand_in\n"

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        self.provider = Provider(self.script)
        self.addCleanup(self.provider.stop)
        (self.folder / "key").write_text(self.key)
        (self.folder / "webhooks").write_text("whsec_of_the_stand_in\n")
        self.gateway = self.url()
        self.exits(DONE, "init")
        self.exits(DONE, "catalog", "import", "-", given=MUG)
        self.exits(DONE, "inventory", "receive", "mug", "5")
        self.exits(DONE, "cart", "add", "ada", "mug", "1")

    def url(self):
        return "stripe:?" + urllib.parse.urlencode({
            "key_file": self.folder / "key", "webhook_file": self.folder / "webhooks", "api": self.provider.url,
            "return_url": "https://shop.example/return"})

    def exits(self, code, *words, given=""):
        ran = subprocess.run([PROGRAM, "--json", "--gateway", self.gateway, *words], cwd=self.folder,
                             input=given.encode(), capture_output=True, timeout=60, check=False)
        self.assertEqual(ran.returncode, code, (words, ran.stdout, ran.stderr))
        return json.loads(ran.stdout) if ran.stdout else None

    def place(self, code, token):
        return self.exits(code, "checkout", "place", "ada", "--key", "k", "--payment", token, "--address", "demo")

    def order(self):
        return self.exits(DONE, "order", "list", "ada")["orders"][0]

    def attempt(self):
        return next(line for line in self.provider.steer("calls").splitlines() if line.startswith("POST /v")
                    and " 0" in line).split()[2]


class TestStripe(Shop):
    def test_a_payment_confirms_the_order(self):
        self.place(DONE, "pm_ok")
        self.assertEqual(self.order()["status"], "CONFIRMED")
        self.assertEqual(self.provider.steer(f"kept?order={self.order()['id']}"), "1299")

    def test_a_declined_card_can_be_followed_by_another(self):
        self.place(REFUSED, "pm_declined")
        self.exits(DONE, "checkout", "pay", self.order()["id"], "--payment", "pm_ok")
        self.assertEqual(self.order()["status"], "CONFIRMED")
        self.assertEqual(self.provider.steer(f"kept?order={self.order()['id']}"), "1299")

    def test_a_step_that_was_taken_is_found_by_tick(self):
        self.place(REFUSED, "pm_step")
        self.provider.steer("step", attempt=self.attempt(), approve="1")
        self.exits(DONE, "tick")
        self.assertEqual(self.order()["status"], "CONFIRMED")

    def test_silence_is_unknown_until_a_tick_asks(self):
        self.place(UNKNOWN, "pm_silent")
        self.assertEqual(self.order()["status"], "PENDING")
        self.exits(DONE, "tick", "--wait", "5")
        self.assertEqual(self.order()["status"], "CONFIRMED")
        self.assertEqual(self.provider.steer(f"kept?order={self.order()['id']}"), "1299")

    def test_a_buyer_pays_on_the_providers_page(self):
        self.place(REFUSED, "page")
        self.provider.steer("page", attempt=self.attempt(), means="ok")
        self.exits(DONE, "tick")
        self.assertEqual(self.order()["status"], "CONFIRMED")

    def test_a_webhook_confirms_the_order_and_comes_twice_without_harm(self):
        if SERVER == "-":
            self.skipTest("the HTTP server is not built")
        self.place(REFUSED, "pm_step")
        self.provider.steer("events", order="twice")
        self.provider.steer("step", attempt=self.attempt(), approve="1")
        server = subprocess.Popen([SERVER, "--shop", "sqlite:shop.db", "--listen", "127.0.0.1:0", "--gateway", self.gateway],
                                  cwd=self.folder, stdout=subprocess.PIPE, text=True)
        try:
            port = int(server.stdout.readline().rsplit(":", 1)[1])
            sent = 0
            while text := self.provider.steer(f"event?now={int(time.time())}"):
                signature, body = text.split("\n", 1)
                self.assertEqual(post(port, body + " ", signature), 400)
                self.assertEqual(post(port, body, signature), 204)
                sent += 1
            self.assertGreaterEqual(sent, 2)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(30)
            server.stdout.close()
        self.assertEqual(self.order()["status"], "CONFIRMED")

    def test_a_key_that_is_not_there_is_named(self):
        (self.folder / "key").unlink()
        error = self.exits(FAILED, "tick")["error"]
        self.assertEqual(error["field"], "key_file")


class TestPayPal(Shop):
    script, key = "paypal_standin.py", "client_of_the_stand_in\nsecret_of_the_stand_in\n"

    def url(self):
        return "paypal:?" + urllib.parse.urlencode({
            "key_file": self.folder / "key", "webhook_id": "WH5XYZ", "api": self.provider.url,
            "return_url": "https://shop.example/return"})

    def test_a_payment_confirms_the_order(self):
        self.place(DONE, "vault_ok")
        self.assertEqual(self.order()["status"], "CONFIRMED")

    def test_what_the_buyer_approves_is_paid_by_the_next_tick(self):
        self.place(REFUSED, "paypal")
        self.provider.steer("step", attempt=self.attempt(), approve="1")
        self.exits(DONE, "tick")
        self.assertEqual(self.order()["status"], "CONFIRMED")
        self.assertEqual(self.provider.steer(f"kept?order={self.order()['id']}"), "1299")


def post(port, body, signature):
    request = urllib.request.Request(f"http://127.0.0.1:{port}/v1/webhooks/payment", data=body.encode(),
                                     headers={"Stripe-Signature": signature, "Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


if __name__ == "__main__":
    PROGRAM, SERVER = sys.argv[1:3]
    PROGRAM = str(pathlib.Path(PROGRAM).resolve())
    SERVER = SERVER if SERVER == "-" else str(pathlib.Path(SERVER).resolve())
    del sys.argv[1:3]
    unittest.main()
