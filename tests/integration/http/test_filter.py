"""The strict filter: bytes that can be read in two ways get a refusal, and the connection ends."""

import socket
import threading
import time

from server import WithServer

FINE = b"GET /livez HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n"


class Filter(WithServer):
    options = ("--timeout", "2", "--connections", "300")

    def refused(self, data, code=400):
        got = self.server.raw(data)
        self.assertTrue(got.startswith(f"HTTP/1.1 {code} ".encode()), got[:200])
        self.assertIn(b"application/problem+json", got)
        self.assertEqual(got.count(b"\r\n\r\n"), 1)
        self.assertEqual(self.server.raw(FINE)[:12], b"HTTP/1.1 200")

    def post(self, *headers, body=b"{}"):
        lines = [b"POST /v1/checkout/quote HTTP/1.1", *headers, b"", body]
        return b"\r\n".join(lines)

    def test_a_well_formed_request_passes(self):
        self.assertIn(b'{"status":"live"}', self.server.raw(FINE))

    def test_content_length_with_transfer_encoding(self):
        self.refused(self.post(b"Host: a", b"Content-Length: 2", b"Transfer-Encoding: chunked"))

    def test_two_content_lengths(self):
        self.refused(self.post(b"Host: a", b"Content-Length: 2", b"Content-Length: 2"))

    def test_two_content_lengths_that_differ(self):
        self.refused(self.post(b"Host: a", b"Content-Length: 2", b"Content-Length: 20"))

    def test_length_with_a_sign(self):
        self.refused(self.post(b"Host: a", b"Content-Length: +5", body=b"12345"))

    def test_length_with_a_letter(self):
        self.refused(self.post(b"Host: a", b"Content-Length: 5x", body=b"12345"))

    def test_length_as_a_list(self):
        self.refused(self.post(b"Host: a", b"Content-Length: 2, 2"))

    def test_length_that_is_empty(self):
        self.refused(self.post(b"Host: a", b"Content-Length:"))

    def test_space_before_the_colon(self):
        self.refused(self.post(b"Host: a", b"Content-Length : 2"))

    def test_no_host(self):
        self.refused(b"GET /livez HTTP/1.1\r\n\r\n")

    def test_two_hosts(self):
        self.refused(b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")

    def test_bare_cr_in_a_header(self):
        self.refused(b"GET /livez HTTP/1.1\r\nHost: a\r\nX: 1\rContent-Length: 5\r\n\r\n")

    def test_bare_cr_in_the_request_line(self):
        self.refused(b"GET /livez\r HTTP/1.1\r\nHost: a\r\n\r\n")

    def test_bare_lf(self):
        self.refused(b"GET /livez HTTP/1.1\nHost: a\n\n")

    def test_folded_header(self):
        self.refused(b"GET /livez HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n")

    def test_nul(self):
        self.refused(b"GET /livez HTTP/1.1\r\nHost: a\0b\r\n\r\n")

    def test_method_with_odd_bytes(self):
        self.refused(b"G@T /livez HTTP/1.1\r\nHost: a\r\n\r\n")

    def test_nul_in_method_and_path(self):
        self.refused(b"GE\0T /livez HTTP/1.1\r\nHost: a\r\n\r\n")
        self.refused(b"GET /live\0z HTTP/1.1\r\nHost: a\r\n\r\n")

    def test_targets_that_are_no_path(self):
        for target in (b"http://shop/livez", b"*", b"shop:443", b"livez", b""):
            self.refused(b"GET " + target + b" HTTP/1.1\r\nHost: a\r\n\r\n")

    def test_methods_that_nobody_serves(self):
        for method in (b"TRACE", b"CONNECT", b"PURGE", b"get", b"GETT", b"OPTIONS", b"X" * 100):
            got = self.server.raw(method + b" /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            self.assertEqual(got[:12], b"HTTP/1.1 405", method)
            self.assertIn(b"Allow: GET", got)

    def test_an_encoding_that_hides_behind_a_space_or_a_case(self):
        for name in (b"Transfer-Encoding ", b" Transfer-Encoding", b"Transfer-Encoding\t", b"Transfer\xadEncoding"):
            self.refused(self.post(b"Host: a", b"Content-Length: 2", name + b": chunked"))
        self.refused(self.post(b"Host: a", b"Content-Length: 2", b"TRANSFER-ENCODING: identity"))
        self.refused(self.post(b"Host: a", b"content-length: 2", b"CONTENT-LENGTH: 3"))

    def test_unknown_version(self):
        self.refused(b"GET /livez HTTP/2.0\r\nHost: a\r\n\r\n", 505)

    def test_no_version(self):
        self.refused(b"GET /livez\r\nHost: a\r\n\r\n")

    def test_chunked_body(self):
        self.refused(self.post(b"Host: a", b"Transfer-Encoding: chunked", body=b"0\r\n\r\n"), 411)

    def test_headers_of_64_kib(self):
        self.refused(b"GET /livez HTTP/1.1\r\nHost: a\r\nX: " + b"x" * 65536 + b"\r\n\r\n", 431)

    def test_too_many_headers(self):
        self.refused(b"GET /livez HTTP/1.1\r\nHost: a\r\n" + b"X: 1\r\n" * 64 + b"\r\n", 431)

    def test_body_past_its_limit(self):
        self.refused(self.post(b"Host: a", b"Content-Length: 131073"), 413)

    def test_body_at_its_limit(self):
        body = b'{"country":"' + b"x" * (131072 - 14) + b'"}'
        got = self.server.raw(self.post(b"Host: a", b"Connection: close", b"Content-Type: application/json",
                                        b"Shop-Guest: guest-0123456789abcdef", b"Content-Length: 131072", body=body))
        self.assertIn(b"OVER_LIMIT", got)

    def test_good_and_bad_in_one_packet_are_answered_in_order(self):
        good = b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n"
        got = self.server.raw(good + good + b"GET /livez HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")
        self.assertEqual([part[:3] for part in got.split(b"HTTP/1.1 ")[1:]], [b"200", b"200", b"400"])

    def test_a_hidden_request_in_a_body_is_not_run(self):
        hidden = b"GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n"
        got = self.server.raw(self.post(b"Host: a", b"Connection: close", b"Content-Length: %d" % len(hidden),
                                        body=hidden))
        self.assertEqual(got.count(b"\r\n\r\n"), 1)

    def test_one_byte_at_a_time_is_the_same_request(self):
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as sock:
            for byte in FINE:
                sock.sendall(bytes([byte]))
            self.assertEqual(sock.recv(12, socket.MSG_WAITALL), b"HTTP/1.1 200")

    def test_slow_headers_run_into_the_timeout(self):
        begin = time.monotonic()
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=20) as sock:
            try:
                sock.sendall(b"GET /livez HTTP/1.1\r\n")
                while time.monotonic() - begin < 15:
                    sock.sendall(b"X: 1\r\n")
                    sock.settimeout(0.3)
                    try:
                        if sock.recv(1) == b"":
                            break
                    except socket.timeout:
                        pass
            except (BrokenPipeError, ConnectionResetError):
                pass
        self.assertLess(time.monotonic() - begin, 8)

    def test_a_slow_body_runs_into_the_timeout(self):
        begin = time.monotonic()
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=20) as sock:
            sock.sendall(self.post(b"Host: a", b"Content-Length: 100000"))
            try:
                while time.monotonic() - begin < 15:
                    sock.sendall(b"x")
                    sock.settimeout(0.3)
                    try:
                        if sock.recv(1) == b"":
                            break
                    except socket.timeout:
                        pass
            except (BrokenPipeError, ConnectionResetError):
                pass
        self.assertLess(time.monotonic() - begin, 8)

    def test_a_caller_who_goes_away_meanwhile_hurts_nobody(self):
        for _ in range(50):
            with socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as sock:
                sock.sendall(b"GET /v1/products HTTP/1.1\r\nHost: a\r\n\r\n" * 3)
        self.assertEqual(self.server.raw(FINE)[:12], b"HTTP/1.1 200")

    def test_idle_connections_do_not_keep_others_out_for_ever(self):
        idle = [socket.create_connection(("127.0.0.1", self.server.port), timeout=10) for _ in range(290)]
        try:
            self.assertIn(b"200", self.server.raw(FINE)[:12])
        finally:
            for sock in idle:
                sock.close()

    def test_a_long_body_over_many_packets(self):
        body = b'{"country":"' + b"x" * 100000 + b'"}'
        data = self.post(b"Host: a", b"Connection: close", b"Content-Type: application/json",
                         b"Shop-Guest: guest-0123456789abcdef", b"Content-Length: %d" % len(body), body=body)
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=10) as sock:
            for at in range(0, len(data), 9000):
                sock.sendall(data[at:at + 9000])
            self.assertEqual(sock.recv(12, socket.MSG_WAITALL), b"HTTP/1.1 413")

    def test_many_small_requests_in_one_go_are_all_answered(self):
        one = b"GET /livez HTTP/1.1\r\nHost: shop\r\n\r\n"
        self.assertEqual(self.server.raw(one * 200).count(b"HTTP/1.1 200"), 200)

    def test_more_than_fits_any_buffer_is_all_answered(self):
        one = b"GET /livez HTTP/1.1\r\nHost: shop\r\nX: " + b"x" * 150 + b"\r\n\r\n"
        later = b"GET /readyz HTTP/1.1\r\nHost: shop\r\n\r\n"  # answered by another thread, and still in order
        data = (one * 4 + later) * 500
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=30) as sock:
            sender = threading.Thread(target=sock.sendall, args=(data,))
            sender.start()
            got = b""
            while got.count(b'"}') < 2500 and (chunk := sock.recv(65536)):
                got += chunk
            sender.join()
        states = [part.split(b'"')[0] for part in got.split(b'{"status":"')[1:]]
        self.assertEqual(states, [b"live", b"live", b"live", b"live", b"ready"] * 500)

    def test_headers_at_their_limit(self):
        front = b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\nX: "
        data = front + b"x" * (8192 - len(front) - 4) + b"\r\n\r\n"
        self.assertEqual(self.server.raw(data)[:12], b"HTTP/1.1 200")
        self.refused(data.replace(b"x", b"xx", 1), 431)

    def test_many_at_once(self):
        codes = []

        def one():
            codes.append(self.server.raw(FINE)[:12])

        threads = [threading.Thread(target=one) for _ in range(60)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(codes, [b"HTTP/1.1 200"] * 60)
