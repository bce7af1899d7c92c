"""Starting shopcore-http for a test, and talking to it: plain requests, and bytes as they are."""

import atexit
import functools
import http.client
import json
import pathlib
import signal
import socket
import subprocess
import tempfile
import unittest

PROGRAM = COMMAND = ""  # the server, and the command line that makes tokens
CONTRACT = None  # openapi.json, which every answer has to keep to

# Everybody the tests act as: role, subject and scopes of their tokens.
PEOPLE = {
    "ada": ("customer", "ada", "cart,checkout,orders,catalog,stock"),
    "bob": ("customer", "bob", "*"),
    "looker": ("customer", "ada", "read"),
    "narrow": ("customer", "ada", "cart"),
    "acme": ("seller", "acme", "*"),
    "rival": ("seller", "rival", "*"),
    "office": ("admin", "office", "*"),
}
GUESTS = {"guest": "guest-0123456789abcdef", "stranger": "stranger-0123456789abc"}

ADDRESS = {"name": "Ada Lovelace", "line1": "12 St James's Square", "city": "London", "country": "GB"}


def mug(seller=None, price=1299, product="mug", **more):
    sku = {"sku": f"{product}-red", "name": "Mug, red", "price": price, "currency": "USD", "seller": seller}
    return {"id": product, "name": "Mug", "seller": seller, "skus": [sku], **more}


def command(shop, *words):
    """What the command line program answers, as a document."""
    return json.loads(subprocess.run([COMMAND, "--json", "--shop", shop, *words], check=True, capture_output=True,
                                     timeout=60).stdout)


@functools.cache
def tokens_of(shop):
    """A token for each of PEOPLE, made once a shop."""
    command(shop, "init")
    return {name: command(shop, "token", "create", role, subject, "--scopes", scopes)["token"]
            for name, (role, subject, scopes) in PEOPLE.items()}


class Answer:
    def __init__(self, code, headers, body):
        self.code, self.headers, self.body = code, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.code} {self.body[:300]!r}"


class Server:
    """A running program on a folder of its own."""

    def __init__(self, folder, *options):
        self.folder = pathlib.Path(folder)
        self.shop = f"sqlite:{self.folder}/shop.db"
        self.tokens = tokens_of(self.shop)
        self.process = subprocess.Popen([PROGRAM, "--shop", self.shop, "--listen", "127.0.0.1:0", *options],
                                        stdout=subprocess.PIPE, text=True)
        atexit.register(self.process.kill)  # a test that fails may leave it running
        line = self.process.stdout.readline()
        if ":" not in line:
            raise RuntimeError("the server did not start")
        self.port = int(line.rsplit(":", 1)[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        self.process.stdout.close()
        return code

    def ask(self, who, method, path, document=None, **headers):
        """`who` is one of PEOPLE or GUESTS, or None. Header names are written with _ for -."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        if who in PEOPLE:
            given["Authorization"] = "Bearer " + self.tokens[who]
        elif who is not None:
            given["Shop-Guest"] = GUESTS[who]
        body = None
        if document is not None:
            body = document if isinstance(document, bytes) else json.dumps(document).encode()
            given.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, body, given)
            answer = connection.getresponse()
            found = Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()
        wrong = CONTRACT.check(method, path, found)
        if wrong:
            raise AssertionError(wrong)
        return found

    def raw(self, data, timeout=10):
        """Send bytes as they are; what came back until the server closed or `timeout` seconds passed."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as sock:
            got = b""
            try:
                sock.sendall(data)
                while chunk := sock.recv(65536):
                    got += chunk
            except (socket.timeout, ConnectionResetError, BrokenPipeError):
                pass
            return got


class WithServer(unittest.TestCase):
    """One server for all tests of a class; each test makes the goods it needs."""

    options: tuple = ()

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.server = Server(cls.folder.name, *cls.options)

    @classmethod
    def tearDownClass(cls):
        code = cls.server.stop()
        cls.folder.cleanup()
        if code != 0:
            raise AssertionError(f"the server ended with {code}")

    def ask(self, code, who, method, path, document=None, **headers):
        answer = self.server.ask(who, method, path, document, **headers)
        self.assertEqual(answer.code, code, (who, method, path, answer))
        if answer.code >= 400:
            self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        return answer

    def make_goods(self, product, stock=5, **more):
        """A product of this name; its SKU is called `product`-red."""
        self.ask(201, "office", "PUT", f"/v1/products/{product}", mug(product=product, **more), If_None_Match="*")
        if stock:
            self.ask(200, "office", "POST", f"/v1/stock/{product}-red/receive", {"quantity": stock},
                     Idempotency_Key=f"stock-{product}")

    def fill_cart(self, who, product, quantity=1):
        return self.ask(200, who, "POST", "/v1/carts/me/lines",
                        {"items": [{"sku": f"{product}-red", "quantity": quantity}]})

    def order_of(self, token="tok_ok"):
        return {"payment_token": token, "email": "ada@example.org", "shipping": ADDRESS}
