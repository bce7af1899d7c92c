"""What the stand-ins for payment providers share: an HTTP server that keeps books, remembers keys, and fails on demand.

A stand-in is a process of its own that prints its port and serves until its standard input is closed. Tests
steer it over HTTP as well, below /_test/:

    POST /_test/reset                     forget everything
    POST /_test/fault    kind=…&…         the next calls that fit meet a fault (see Fault)
    GET  /_test/calls                     what was asked, one call a line: method, path, key, body
    GET  /_test/event    now=SECONDS      the next webhook, signed at that time: its signature, a line break, its body;
                                          204 when there is none
    POST /_test/events   order=…          how webhooks come: normal, twice, reversed
"""
import json
import socket
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Answer(Exception):
    """What a call comes to; raised from wherever it is known."""

    def __init__(self, status, body, **headers):
        super().__init__(status)
        self.status, self.body, self.headers = status, body, dict(headers)


class Fault:
    """One planned fault: for the next `times` calls whose path contains `path`.

    before-500, before-429, before-409: the answer instead of doing it      after-500: done, then a 500, kept for the key
    drop: done, and the connection is closed without an answer              refuse: closed without doing it
    delay: done after `ms`                                                  garbage: done, and the answer is no JSON
    """

    def __init__(self, kind, path="", times="1", ms="0", headers=""):
        self.kind, self.path, self.times, self.ms = kind, path, int(times), int(ms)
        self.headers = dict(line.split(":", 1) for line in headers.split(";") if line)


class Books:
    """State of one provider. Every call runs under one lock: a provider decides one thing at a time."""

    def __init__(self):
        self.lock = threading.RLock()
        self.reset()

    def reset(self):
        self.counter = 0
        self.faults, self.calls, self.events = [], [], []
        self.event_order = "normal"
        self.keys = {}  # key -> (what was asked, status, body, headers)
        self.running = set()  # keys that are being carried out

    def next_id(self, prefix):
        self.counter += 1
        return f"{prefix}{self.counter:016d}"

    def fault_for(self, path):
        for fault in self.faults:
            if fault.times > 0 and fault.path in path:
                fault.times -= 1
                return fault
        return None

    def announce(self, body):
        self.events.append(body)
        if self.event_order == "twice":
            self.events.append(body)

    def next_event(self):
        if not self.events:
            return None
        return self.events.pop(-1 if self.event_order == "reversed" else 0)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    books = None  # set by serve()
    key_header = ""

    def log_message(self, *arguments):
        pass

    # ---- what a provider adds ----------------------------------------------------------------

    def carry_out(self, method, path, query, body):
        """Do it, or raise an Answer."""
        raise NotImplementedError

    def conflict(self, why):
        """The answer to a key that runs or was used for something else."""
        raise NotImplementedError

    def sign(self, body, now):
        """The signature of a webhook, on one line."""
        raise NotImplementedError

    def fail(self, status):
        """A body for a failure."""
        return {"error": {"type": "api_error", "message": "planned"}}

    # ---- the server --------------------------------------------------------------------------

    def send_answer(self, status, body, headers=None):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        try:
            self.wfile.write(data)
        except BrokenPipeError:
            self.close_connection = True  # whoever asked did not wait

    def hang_up(self):
        self.close_connection = True
        try:
            self.connection.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def remembered(self, method, path, query, body):
        """Carry it out once for each key."""
        key = self.headers.get(self.key_header) if method == "POST" else None
        asked = (path, body)
        if key and key in self.books.keys:
            before, status, answer, headers = self.books.keys[key]
            if before != asked:
                raise self.conflict("mismatch")
            return status, answer, {**headers, "Idempotent-Replayed": "true"}
        status, answer, headers = 200, None, {}
        try:
            answer = self.carry_out(method, path, query, body)
        except Answer as given:
            status, answer, headers = given.status, given.body, given.headers
        if key and status not in (401, 404, 409, 429):
            self.books.keys[key] = (asked, status, answer, headers)
        return status, answer, headers

    def answer_with(self, fault, method, path, query, body):
        if fault and fault.kind.startswith("before-"):
            status = int(fault.kind[7:])
            self.send_answer(status, self.fail(status), fault.headers)
            return
        if fault and fault.kind == "refuse":
            self.hang_up()
            return
        with self.books.lock:
            status, answer, headers = self.remembered(method, path, query, body)
            if fault and fault.kind == "after-500":
                status, answer = 500, self.fail(500)
                key = self.headers.get(self.key_header)
                if key:
                    self.books.keys[key] = ((path, body), 500, answer, {})
        if fault and fault.kind == "delay":
            time.sleep(fault.ms / 1000)
        if fault and fault.kind == "drop":
            self.hang_up()
        elif fault and fault.kind == "garbage":
            self.send_answer(status, b"<html>no JSON</html>", headers)
        else:
            self.send_answer(status, answer, {**headers, **(fault.headers if fault else {})})

    def handle_call(self, method):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode()
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        if parts.path.startswith("/_test/"):
            self.steer(parts.path[7:], query, dict(urllib.parse.parse_qsl(body)))
            return
        with self.books.lock:
            key = self.headers.get(self.key_header) or "-"
            self.books.calls.append(f"{method} {self.path} {key} {body}")
            fault = self.books.fault_for(parts.path)
        try:
            self.answer_with(fault, method, parts.path, query, body)
        except Answer as given:
            self.send_answer(given.status, given.body, given.headers)

    def do_GET(self):
        self.handle_call("GET")

    def do_POST(self):
        self.handle_call("POST")

    def do_PATCH(self):
        self.handle_call("PATCH")

    # ---- the test's own calls -------------------------------------------------------------------

    def steer(self, what, query, form):
        with self.books.lock:
            if what == "reset":
                self.books.reset()
                self.send_answer(200, b"")
            elif what == "fault":
                self.books.faults.append(Fault(**form))
                self.send_answer(200, b"")
            elif what == "calls":
                self.send_answer(200, "".join(line + "\n" for line in self.books.calls).encode())
            elif what == "events":
                self.books.event_order = form["order"]
                self.send_answer(200, b"")
            elif what == "event":
                event = self.books.next_event()
                signed = "" if event is None else f"{self.sign(event, int(query['now']))}\n{event}"
                self.send_answer(204 if event is None else 200, signed.encode())
            else:
                self.steer_more(what, query, form)

    def steer_more(self, what, query, form):
        self.send_answer(404, b"")


def serve(handler, books):
    handler.books = books
    ThreadingHTTPServer.daemon_threads = True
    ThreadingHTTPServer.request_queue_size = 512
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()  # until whoever started us lets go
