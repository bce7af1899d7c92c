#!/usr/bin/env python3
"""Bar 3: 10,000 idle connections against shopcore-http. Each of them is closed, and the server answers afterwards."""

import os
import pathlib
import resource
import signal
import socket
import subprocess
import sys
import time
import urllib.request

IDLE = 10_000 // int(os.environ.get("SHOPCORE_SCALE", "1"))
PROGRAM = pathlib.Path(os.environ["SHOPCORE_BUILD"]) / "examples/http/shopcore-http"


def is_closed(sock: socket.socket) -> bool:
    sock.settimeout(0.01)
    try:
        return sock.recv(1) == b""
    except ConnectionError:
        return True
    except OSError:
        return False


def answers(port: int, seconds: float) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                return answer.status == 200
        except OSError:
            time.sleep(0.2)
    return False


def main() -> int:
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    server = subprocess.Popen([PROGRAM, "--listen", "127.0.0.1:0", "--timeout", "3"], stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    port = int(server.stdout.readline().rsplit(":", 1)[1])
    idle = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(IDLE)]
    fine = answers(port, 30)
    time.sleep(4)
    closed = sum(map(is_closed, idle))
    server.send_signal(signal.SIGTERM)
    stopped = server.wait(30) == 0
    ok = fine and stopped and closed == IDLE
    print(f"bar\tHTTP: idle connections closed, server answers and stops\t{closed}, {fine}, {stopped}"
          f"\t{IDLE}, True, True\t{'ok' if ok else 'SHORT'}")
    return 0 if ok else 1


if __name__ == "__main__":
    sys.exit(main())
