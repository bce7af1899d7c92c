#!/usr/bin/env python3
"""A PostgreSQL server for one test program, gone when that program is gone.

usage: private_postgres.py [NAME=VALUE…]

Makes a cluster in a temporary folder, starts it on a socket of its own there, and prints two lines: its URL, and its
process id. It runs until standard input ends; then the server is stopped and the folder removed. Whoever starts this
holds the other end of that pipe, so a test that is killed leaves nothing behind. Should this program itself be
killed, the kernel tells the server (PR_SET_PDEATHSIG).

NAME=VALUE are settings of the server. With "port=N" it also listens on 127.0.0.1:N. As root the server runs as the
user postgres. Exit status 77: there is no PostgreSQL here.

With "standby=sync" or "standby=async" a second server streams from the first, on the next port of the same folder. The
URL then names both, there are two process ids, and a line on standard input is an order, answered when it is done:

    kill      every process of the primary, with SIGKILL
    promote   make the standby a primary
"""
import ctypes
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time

PR_SET_PDEATHSIG = 1
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "300",
    "shared_buffers": "256MB",
    # A log that is grown while one measures measures the file system.
    "min_wal_size": "1GB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "30min",
    "log_min_messages": "fatal",
    "log_min_error_statement": "panic",
}


def programs() -> pathlib.Path | None:
    """Where initdb and postgres are: Debian keeps each version in a folder of its own, outside the path."""
    found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: float(path.parts[4]))
    if found:
        return found[-1].parent
    path = shutil.which("postgres")
    return pathlib.Path(path).parent if path else None


def account() -> pwd.struct_passwd | None:
    """The user to run as: PostgreSQL refuses to be root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    return None


def become(user: pwd.struct_passwd | None):
    libc = ctypes.CDLL(None, use_errno=True)

    def prepare() -> None:
        if user is not None:
            os.setgroups([])
            os.setgid(user.pw_gid)
            os.setuid(user.pw_uid)
        # After the change of user, which would clear it.
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGQUIT)
    return prepare


def wait_answer(server: subprocess.Popen, bin_folder: pathlib.Path, folder: pathlib.Path, port: str,
                log: pathlib.Path) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and server.poll() is None:
        if subprocess.run([bin_folder / "pg_isready", "-q", "-h", folder, "-p", port]).returncode == 0:
            return
        time.sleep(0.05)
    sys.exit("PostgreSQL did not start:\n" + log.read_text(errors="replace"))


class Site:
    """The folder, the programs and the user that all servers of one test share."""

    def __init__(self, folder: pathlib.Path, bin_folder: pathlib.Path, settings: dict[str, str]) -> None:
        self.folder, self.bin_folder, self.user = folder, bin_folder, account()
        self.settings = settings | {"unix_socket_directories": str(folder)}
        self.servers: list[subprocess.Popen] = []
        if self.user is not None:
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)

    def tool(self, name: str, *arguments: object) -> str:
        done = subprocess.run([self.bin_folder / name, *map(str, arguments)], check=True, preexec_fn=become(self.user),
                              cwd=self.folder, stdout=subprocess.PIPE, text=True)
        return done.stdout.strip()

    def start(self, name: str, port: str, **settings: str) -> None:
        log = self.folder / f"{name}.log"
        arguments = [f"--{key}={value}" for key, value in (self.settings | settings | {"port": port}).items()]
        with log.open("wb") as out:
            server = subprocess.Popen([self.bin_folder / "postgres", "-D", self.folder / name, *arguments],
                                      preexec_fn=become(self.user), cwd=self.folder, stdout=out, stderr=out,
                                      stdin=subprocess.DEVNULL)
        self.servers.append(server)
        wait_answer(server, self.bin_folder, self.folder, port, log)

    def ask(self, port: str, sql: str) -> str:
        return self.tool("psql", "-h", self.folder, "-p", port, "-U", "shop", "-d", "postgres", "-qAtc", sql)

    def stop(self) -> None:
        for server in self.servers:
            server.send_signal(signal.SIGQUIT)  # the folder goes too, so there is nothing to save
        for server in self.servers:
            server.wait()


def start_standby(site: Site, primary: str, port: str, synchronous: bool) -> None:
    site.tool("pg_basebackup", "-h", site.folder, "-p", primary, "-U", "shop", "-D", site.folder / "standby", "-X",
              "stream", "-c", "fast", "--no-sync")
    (site.folder / "standby" / "standby.signal").touch()
    # It does not wait for a standby of its own once it is the primary.
    site.start("standby", port, synchronous_standby_names="", primary_conninfo=f"host={site.folder} port={primary}"
               " user=shop application_name=standby")
    wanted = "sync" if synchronous else "async"
    deadline = time.monotonic() + 60
    while site.ask(primary, "SELECT sync_state FROM pg_stat_replication WHERE state = 'streaming'") != wanted:
        if time.monotonic() > deadline:
            sys.exit("the standby does not stream")
        time.sleep(0.05)


def kill_all_of(server: subprocess.Popen) -> None:
    children = pathlib.Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
    server.kill()
    for child in children:
        try:
            os.kill(int(child), signal.SIGKILL)
        except ProcessLookupError:
            continue  # it noticed by itself
    server.wait()


def take_orders(site: Site, standby: str) -> None:
    for line in sys.stdin:
        if line.strip() == "kill":
            kill_all_of(site.servers[0])
        elif line.strip() == "promote":
            site.ask(standby, "SELECT pg_promote(true, 60)")
        print("done", flush=True)


def serve(site: Site, port: str, standby: str | None) -> None:
    site.tool("initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C", "--username=shop", "--pgdata",
              site.folder / "primary")
    hosts, ports = str(site.folder), port
    try:
        if standby is None:
            site.start("primary", port)
        else:
            second = str(int(port) + 1)
            hosts, ports = f"{site.folder},{site.folder}", f"{port},{second}"
            site.start("primary", port, synchronous_standby_names="standby" if standby == "sync" else "")
            start_standby(site, port, second, standby == "sync")
        print(f"postgres://shop@/postgres?host={hosts}&port={ports}")
        print(*(server.pid for server in site.servers), flush=True)
        take_orders(site, ports.split(",")[-1])
    finally:
        site.stop()


def main() -> None:
    bin_folder = programs()
    if bin_folder is None:
        print("no PostgreSQL server is installed", file=sys.stderr)
        sys.exit(77)
    settings = dict(SETTINGS)
    settings.update(argument.split("=", 1) for argument in sys.argv[1:])
    standby = settings.pop("standby", None)
    if "port" in settings:
        settings["listen_addresses"] = "127.0.0.1"
    port = settings.pop("port", "5432")
    # What stops a test (an interrupt, the end of its terminal) must not stop this before it has tidied up.
    if os.getpid() != os.getpgrp():
        os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="shopcore-postgres-"))
    try:
        serve(Site(folder, bin_folder, settings), port, standby)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
