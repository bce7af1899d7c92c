#!/usr/bin/env python3
"""A PostgreSQL server for one test program, gone when that program is gone.

usage: private_postgres.py [NAME=VALUE…]

Makes a cluster in a temporary folder, starts it on a socket of its own there, and prints two lines: its URL, and its
process id. It runs until standard input ends; then the server is stopped and the folder removed. Whoever starts this
holds the other end of that pipe, so a test that is killed leaves nothing behind. Should this program itself be
killed, the kernel tells the server (PR_SET_PDEATHSIG).

NAME=VALUE are settings of the server. With "port=N" it also listens on 127.0.0.1:N. As root the server runs as the
user postgres. Exit status 77: there is no PostgreSQL here.
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


def serve(folder: pathlib.Path, bin_folder: pathlib.Path, settings: dict[str, str], port: str | None) -> None:
    user = account()
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    data, log = folder / "data", folder / "log"
    subprocess.run([bin_folder / "initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C",
                    "--username=shop", "--pgdata", data], check=True, preexec_fn=become(user), cwd=folder,
                   stdout=subprocess.DEVNULL)
    settings["unix_socket_directories"] = str(folder)
    if port is not None:
        settings["listen_addresses"], settings["port"] = "127.0.0.1", port
    arguments = [f"--{name}={value}" for name, value in settings.items()]
    with log.open("wb") as out:
        server = subprocess.Popen([bin_folder / "postgres", "-D", data, *arguments], preexec_fn=become(user),
                                  cwd=folder, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
    try:
        wait_answer(server, bin_folder, folder, settings.get("port", "5432"), log)
        print(f"postgres://shop@/postgres?host={folder}&port={settings.get('port', '5432')}")
        print(server.pid, flush=True)
        sys.stdin.buffer.read()
    finally:
        server.send_signal(signal.SIGQUIT)  # the folder goes too, so there is nothing to save
        server.wait()


def main() -> None:
    bin_folder = programs()
    if bin_folder is None:
        print("no PostgreSQL server is installed", file=sys.stderr)
        sys.exit(77)
    settings = dict(SETTINGS)
    settings.update(argument.split("=", 1) for argument in sys.argv[1:])
    port = settings.pop("port", None)
    # What stops a test (an interrupt, the end of its terminal) must not stop this before it has tidied up.
    if os.getpid() != os.getpgrp():
        os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    folder = pathlib.Path(tempfile.mkdtemp(prefix="shopcore-postgres-"))
    try:
        serve(folder, bin_folder, settings, port)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
