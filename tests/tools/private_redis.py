#!/usr/bin/env python3
"""A Redis server, or a Redis Cluster, for one test program, gone when that program is gone.

usage: private_redis.py single|cluster [NAME=VALUE…]

"single" starts one server on a socket in a temporary folder; "cluster" starts six on private ports of 127.0.0.1 and
joins them, three masters with a replica each. Prints two lines: a URL and the process ids. Then it takes orders, a
line each: "kill N" (SIGKILL) and "start N" (again, on what it left on disk), answered with the process id. When
standard input ends the servers are stopped and the folder removed; whoever starts this holds the other end of that
pipe, so a test that is killed leaves nothing behind. Should this program itself be killed, the kernel tells the
servers (PR_SET_PDEATHSIG).

NAME=VALUE are settings of the servers, such as "appendonly=yes". Exit status 77: there is no Redis here.
"""
import ctypes
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PR_SET_PDEATHSIG = 1
SETTINGS = {"appendonly": "yes", "appendfsync": "everysec", "save": "", "daemonize": "no", "loglevel": "warning"}
CLUSTER = {"cluster-enabled": "yes", "cluster-node-timeout": "1500", "cluster-config-file": "nodes.conf",
           "repl-diskless-sync-delay": "0"}
PATIENCE_S = 60


class Server:
    """One process, and how to ask it."""

    def __init__(self, folder: pathlib.Path, settings: dict[str, str], reach: list[str]) -> None:
        self.folder, self.settings, self.reach = folder, settings, reach
        self.process: subprocess.Popen | None = None
        folder.mkdir()

    def start(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        arguments = [text for name, value in self.settings.items() for text in (f"--{name}", value)]
        with (self.folder / "log").open("ab") as out:
            self.process = subprocess.Popen(["redis-server", *arguments], cwd=self.folder, stdin=subprocess.DEVNULL,
                                            stdout=out, stderr=out,
                                            preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL))
        wait_until(lambda: self.ask("PING") == "PONG", self)

    def ask(self, *words: str) -> str:
        return subprocess.run(["redis-cli", *self.reach, *words], capture_output=True, text=True).stdout.strip()

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


def wait_until(true, server: Server) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline and server.process.poll() is None:
        if true():
            return
        time.sleep(0.02)
    sys.exit("Redis did not start:\n" + (server.folder / "log").read_text(errors="replace"))


def free_ports(count: int) -> list[int]:
    """Ports below those that the kernel gives to clients, so that nobody takes one before a server has it."""
    ports: list[int] = []
    while len(ports) < count:
        port = random.randrange(15000, 32000)
        with socket.socket() as one:
            try:
                one.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in ports:
            ports.append(port)
    return ports


def single(folder: pathlib.Path, settings: dict[str, str]) -> tuple[list[Server], str]:
    path = folder / "redis.sock"
    server = Server(folder / "0", {"port": "0", "unixsocket": str(path), **settings}, ["-s", str(path)])
    server.start()
    return [server], f"redis+socket://{path}"


def joined(server: Server) -> bool:
    nodes = server.ask("CLUSTER", "NODES").splitlines()
    replicas = [line for line in nodes if "slave" in line.split()[2]]
    return "cluster_state:ok" in server.ask("CLUSTER", "INFO") and len(nodes) == 6 and len(replicas) == 3


def linked(server: Server) -> bool:
    told = server.ask("INFO", "replication")
    return "role:master" in told or "master_link_status:up" in told


def cluster(folder: pathlib.Path, settings: dict[str, str]) -> tuple[list[Server], str]:
    ports = free_ports(12)
    servers = []
    for port, bus in zip(ports[:6], ports[6:]):
        own = {"port": str(port), "cluster-port": str(bus), "bind": "127.0.0.1", **CLUSTER, **settings}
        servers.append(Server(folder / str(port), own, ["-p", str(port)]))
        servers[-1].start()
    places = [f"127.0.0.1:{port}" for port in ports[:6]]
    subprocess.run(["redis-cli", "--cluster", "create", *places, "--cluster-replicas", "1", "--cluster-yes"], check=True,
                   stdout=subprocess.DEVNULL)
    for server in servers:
        wait_until(lambda one=server: joined(one) and linked(one), server)
    return servers, f"redis://{','.join(places)}?cluster=1"


def obey(servers: list[Server], line: str) -> None:
    verb, number = line.split()
    server = servers[int(number)]
    if verb == "kill":
        server.kill()
    else:
        server.start()
    print(server.process.pid, flush=True)


def main() -> None:
    if shutil.which("redis-server") is None or shutil.which("redis-cli") is None:
        print("no Redis server is installed", file=sys.stderr)
        sys.exit(77)
    settings = {**SETTINGS, **dict(argument.split("=", 1) for argument in sys.argv[2:])}
    # What stops a test (an interrupt, the end of its terminal) must not stop this before it has tidied up.
    if os.getpid() != os.getpgrp():
        os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="shopcore-redis-"))
    servers: list[Server] = []
    try:
        servers, url = (cluster if sys.argv[1] == "cluster" else single)(folder, settings)
        print(url)
        print(*(server.process.pid for server in servers), flush=True)
        for line in sys.stdin:
            obey(servers, line)
    finally:
        for server in servers:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
