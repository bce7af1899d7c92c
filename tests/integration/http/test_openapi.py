"""The description against the server. Runs last: by then every test's answers went through the contract."""

import server
import test_access


class Description(server.WithServer):
    def test_the_server_hands_out_the_document(self):
        self.assertEqual(self.ask(200, None, "GET", "/openapi.json").json, server.CONTRACT.document)

    def test_it_is_openapi_3_1(self):
        self.assertTrue(server.CONTRACT.document["openapi"].startswith("3.1."))

    def test_it_has_the_routes_and_no_others(self):
        described = {(method.upper(), path) for path, operations in server.CONTRACT.document["paths"].items()
                     for method in operations if method != "parameters"}
        walked = {(method, server.CONTRACT.template(path)) for method, path, _ in test_access.ROUTES}
        self.assertEqual(described, walked)

    def test_each_method_that_is_not_described_is_refused(self):
        for template, operations in server.CONTRACT.document["paths"].items():
            for method in {"GET", "POST", "PUT", "PATCH", "DELETE"} - {name.upper() for name in operations}:
                with self.subTest(method=method, path=template):
                    path = template.replace("{", "").replace("}", "")
                    self.ask(405, "office", method, path)

    def test_keys_are_required_where_the_document_says_so(self):
        for template, operations in server.CONTRACT.document["paths"].items():
            for method, operation in operations.items():
                if method == "parameters":
                    continue
                names = [parameter["name"] for parameter in operation.get("parameters", ())]
                if "Idempotency-Key" not in names:
                    continue
                path = template.replace("{", "").replace("}", "")
                who = "ada" if "/payment" in path or path == "/v1/checkout" else "office"
                self.assertEqual(self.ask(400, who, method.upper(), path, {}).json["name"], "KEY_REQUIRED")

    def test_every_operation_was_seen_to_succeed(self):
        described = {(method.upper(), path) for path, operations in server.CONTRACT.document["paths"].items()
                     for method in operations if method != "parameters"}
        self.assertEqual(described - server.CONTRACT.answered, set())
