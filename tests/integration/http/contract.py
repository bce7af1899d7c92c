"""openapi.json against live answers: every answer that any test gets is checked here.

Knows as much of JSON Schema as the document uses, and refuses a keyword that it does not know.
"""

import json

KEYWORDS = {"type", "required", "properties", "additionalProperties", "items", "enum", "anyOf", "$ref", "minItems",
            "maxItems", "minimum", "maximum"}
TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool, "null": type(None)}


class Contract:
    def __init__(self, path):
        self.document = json.loads(path.read_text())
        self.answered = set()  # (method, template) that answered with success

    def resolve(self, node):
        while "$ref" in node:
            target = self.document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def template(self, path):
        """The path of the document that a requested path belongs to; fixed segments win."""
        wanted = path.split("?")[0].split("/")
        found = []
        for template in self.document["paths"]:
            parts = template.split("/")
            if len(parts) == len(wanted) and all(a == b or (a.startswith("{") and b) for a, b in zip(parts, wanted)):
                found.append(template)
        return min(found, key=lambda template: template.count("{"), default=None)

    def check(self, method, path, answer):
        """A text saying what is wrong, or None."""
        template = self.template(path)
        operation = self.document["paths"].get(template, {}).get(method.lower())
        if operation is None:
            return None if answer.code in (401, 404, 405) else f"{method} {path} is not in the document"
        described = operation["responses"].get(str(answer.code))
        if described is None:
            return f"{method} {template} does not say that it may answer {answer.code}"
        if answer.code < 300:
            self.answered.add((method, template))
        content = self.resolve(described).get("content")
        if content is None:
            return None if answer.body == b"" else f"{method} {template} {answer.code} has a body"
        media = answer.headers["Content-Type"]
        if media not in content:
            return f"{method} {template} {answer.code} is {media}"
        if "json" not in media:
            return None
        wrong = self.mismatch(content[media]["schema"], answer.json, "$")
        return f"{method} {template} {answer.code}: {wrong}" if wrong else None

    def mismatch(self, schema, value, at):
        schema = self.resolve(schema)
        unknown = set(schema) - KEYWORDS
        if unknown:
            return f"{at}: keywords {unknown} are not checked"
        if "anyOf" in schema:
            return None if any(self.mismatch(one, value, at) is None for one in schema["anyOf"]) else f"{at}: none fits"
        names = schema.get("type", list(TYPES))
        types = tuple(TYPES[name] for name in ([names] if isinstance(names, str) else names))
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            return f"{at}: {value!r} is no {names}"
        if "enum" in schema and value not in schema["enum"]:
            return f"{at}: {value!r} is not among {schema['enum']}"
        if isinstance(value, dict):
            return self.object_mismatch(schema, value, at)
        if isinstance(value, list) and "items" in schema:
            for n, item in enumerate(value):
                if wrong := self.mismatch(schema["items"], item, f"{at}[{n}]"):
                    return wrong
        return None

    def object_mismatch(self, schema, value, at):
        for name in schema.get("required", ()):
            if name not in value:
                return f"{at}.{name} is missing"
        more = schema.get("additionalProperties", True)
        for name, member in value.items():
            inner = schema.get("properties", {}).get(name, more)
            if inner is False:
                return f"{at}.{name} is not described"
            if isinstance(inner, dict) and (wrong := self.mismatch(inner, member, f"{at}.{name}")):
                return wrong
        return None
