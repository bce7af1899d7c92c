"""Card numbers in every parameter and every text of every request: none comes back, and none is kept."""

import pathlib
import urllib.parse

import server

CARDS = ("4111111111111111", "5555 5555 5555 4444", "3782-822463-10005")
BARE = [card.replace(" ", "").replace("-", "") for card in CARDS]
MARK = "a name to be found again"


def texts(schema, at=()):
    """The paths of all texts in a schema."""
    schema = server.CONTRACT.resolve(schema)
    for choice in schema.get("anyOf", ()):
        yield from texts(choice, at)
    kind = schema.get("type")
    if kind == "string" or isinstance(kind, list) and "string" in kind:
        yield at
    for name, member in schema.get("properties", {}).items():
        yield from texts(member, (*at, name))
    if "items" in schema:
        yield from texts(schema["items"], (*at, 0))
    if isinstance(schema.get("additionalProperties"), dict):
        yield from texts(schema["additionalProperties"], (*at, "any"))
        yield (*at, None)  # the name of a member


def filled(schema, at, card):
    """A value that has the required members, those on the way to `at`, and the card there."""
    schema = server.CONTRACT.resolve(schema)
    if not at:
        if card is not None:
            return card
        if "anyOf" in schema:
            return filled(schema["anyOf"][0], (), None)
        if "enum" in schema:
            return schema["enum"][0]
    for choice in schema.get("anyOf", ()):
        if at in set(texts(choice)):
            return filled(choice, at, card)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        members = {name: filled(member, at[1:] if at[:1] == (name,) else (), card if at[:1] == (name,) else None)
                   for name, member in schema.get("properties", {}).items()
                   if name in schema.get("required", ()) or at[:1] == (name,)}
        if at == (None,):
            members[card] = "a"
        elif at[:1] == ("any",):
            members["any"] = filled(schema["additionalProperties"], at[1:], card)
        return members
    if kind == "array":
        return [filled(schema["items"], at[1:], card if at else None)]
    return {"integer": 1, "boolean": False, "string": "US", "null": None}[kind]


class Cards(server.WithServer):
    def requests(self, method, template, operation, card):
        """The request, once for each place that takes text."""
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        parameters = operation.get("parameters", []) + server.CONTRACT.document["paths"][template].get("parameters", [])
        named = {parameter["in"]: [other["name"] for other in parameters if other["in"] == parameter["in"]]
                 for parameter in parameters}
        harmless = {name: "me" if name == "owner" else "a" for name in named.get("path", ())}
        document = filled(schema, (), None) if schema else None
        headers = {"Idempotency_Key": "a"} if "Idempotency-Key" in named.get("header", ()) else {}
        quoted = urllib.parse.quote(card)
        for name in harmless:
            yield template.format(**{**harmless, name: quoted}), document, headers
        path = template.format(**harmless)
        for name in named.get("query", ()):
            others = "&q=a" if "q" in named["query"] and name != "q" else ""
            yield f"{path}?{name}={quoted}{others}", document, headers
        for name in named.get("header", ()):
            yield path, document, {**headers, name.replace("-", "_"): card}
        for at in texts(schema) if schema else ():
            yield path, filled(schema, at, card), headers

    def check(self, method, path, document, headers):
        who = "ada" if path.startswith(("/v1/carts", "/v1/checkout")) or "/payment" in path else "office"
        if "/webhooks/" in path:
            document = str(document).encode()
        answer = self.server.ask(who, method, path, document, **headers)
        shown = answer.body + str(answer.headers).encode()
        for card in (*CARDS, *BARE):
            self.assertNotIn(card.encode(), shown, (method, path, document, headers))
        return answer.code

    def kept(self, text):
        folder = pathlib.Path(self.server.folder)
        return [file.name for file in folder.rglob("*") if file.is_file() and text.encode() in file.read_bytes()]

    def test_none_comes_back_and_none_is_kept(self):
        self.make_goods("a", name=MARK)
        sent = refused = 0
        for template, operations in server.CONTRACT.document["paths"].items():
            for method, operation in operations.items():
                if method == "parameters":
                    continue
                for card in CARDS:
                    for path, document, headers in self.requests(method, template, operation, card):
                        code = self.check(method.upper(), path, document, headers)
                        sent += 1
                        refused += 400 <= code < 500
        self.assertGreater(sent, 200)
        self.assertGreater(refused, sent // 2)
        self.assertTrue(self.kept(MARK))
        for card in (*CARDS, *BARE):
            self.assertEqual(self.kept(card), [])
