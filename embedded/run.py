"""``python -m embedded.run``: the owner process. Runs servers, migrations, web, worker and beat; stops them in reverse.

Children run in sessions of their own: Ctrl-C in a terminal reaches only this process, which then stops the application
first and the servers last. A variable in the environment marks the children, so that the next start can end those that
a killed owner left behind.
"""

import contextlib
import fcntl
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from embedded import configuration
from embedded.configuration import BASE_DIR, HOST, Servers, ServersError, port_is_free
from embedded.heartbeats import ALL_KEYS, PUSHES, TASKS
from embedded.processes import end_processes
from embedded.servers import restart_exited, running

MARK = "ANQI_RUN"  # environment variable of every child, set to the data folder
# Bytes free on the disk: a new database takes 75 MB, PostgreSQL's log of changes comes on top.
LEAST_SPACE = 200 * 2**20
LOADING_S = 60  # of the broker, to read the messages of before
STOP_S = 20  # for a running task to finish; then it is killed, and the next worker repeats it
ALARMS = re.compile(r"\[(error|critical) *\]|\"level\": \"(error|critical)\"")


class Stopped(BaseException):
    """Raised on Ctrl-C, SIGTERM or a closed terminal."""


@dataclass
class Child:
    """One process of the application, and how far its log has been searched for errors."""

    name: str
    command: list[str]
    log: Path
    process: subprocess.Popen | None = None
    seen: int = 0
    started: list[float] = field(default_factory=list)

    def start(self, environment: dict[str, str]) -> None:
        self.seen = self.log.stat().st_size if self.log.exists() else 0
        self.started.append(time.monotonic())
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=BASE_DIR,
                env=environment,
                start_new_session=True,
            )

    def show_errors(self) -> None:
        """Print new errors of the log to the terminal."""
        with self.log.open("rb") as log:
            log.seek(self.seen)
            written = log.read()
        whole = written[: written.rfind(b"\n") + 1]
        self.seen += len(whole)
        for line in whole.decode(errors="replace").splitlines():
            if ALARMS.search(line):
                print(f"{self.name}: {line}", file=sys.stderr, flush=True)

    def restart_allowed(self) -> bool:
        """Return whether it may be restarted: not if it was started three times within a minute."""
        return len(self.started) < 3 or time.monotonic() - self.started[-3] > 60


def main() -> None:
    """Run until Ctrl-C. A refusal prints one sentence and exits with code 1."""
    given = [
        f"{name}={shlex.quote(os.environ[name])}" for name in ("DATA_DIR", "PORT") if os.environ.get(name)
    ]
    env = configuration.environment()
    servers = configuration.addresses(env, BASE_DIR)
    data_dir, port, demo = (
        servers.data_dir,
        _port(env.str("PORT", default="8000")),
        env.bool("ANQI_DEMO", default=False),
    )
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop_once)
    try:
        with _only_owner(data_dir):
            _end_marked(data_dir)
            if not port_is_free(port):
                raise ServersError(
                    f"Port {port} is in use. Choose another one, for example: PORT={port + 1} make run"
                )
            environment = os.environ | {"PORT": str(port), "DATA_DIR": str(data_dir), MARK: str(data_dir)}
            environment |= _https(servers, port)
            with running(data_dir) if servers.embedded else contextlib.nullcontext():
                _application(servers, environment, port, demo, " ".join([*given, ""]))
    except ServersError as error:
        raise ServersError(f"{error}{_space(data_dir)}") from None
    except OSError as error:
        raise ServersError(f"The data folder {data_dir} cannot be used: {error.strerror or error}.") from None
    except Stopped:
        print("Anqi has stopped.", flush=True)


def _space(folder: Path) -> str:
    """Return a sentence about the disk of a data folder if that is why a start fails, or nothing."""
    free = shutil.disk_usage(next(each for each in (folder, *folder.parents) if each.exists())).free
    if free > LEAST_SPACE:
        return ""
    needed, left = LEAST_SPACE // 2**20, free // 2**20
    return f" The disk of {folder} is full: {left} MB are free, Anqi needs {needed} MB to start."


def _https(servers: Servers, port: int) -> dict[str, str]:
    """Return what ANQI_HTTPS adds to the environment: an own certificate, so that phones in the same network get https."""
    env = configuration.environment()
    if not env.bool("ANQI_HTTPS", default=False):
        return {}
    if not servers.embedded:
        raise ServersError(
            "ANQI_HTTPS is for trying Anqi out. With DATABASE_URL, let a proxy with a certificate serve it."
        )
    from embedded.https import settings_for

    return settings_for(env, servers.data_dir, port)


def _application(servers: Servers, environment: dict[str, str], port: int, demo: bool, given: str) -> None:
    data_dir = servers.data_dir
    logs = data_dir / "logs"
    _require_broker(servers.redis_url)
    logs.mkdir(mode=0o700, exist_ok=True)
    _step("Preparing the database ...", ["migrate", "--verbosity=1"], logs / "migrate.log", environment)
    if demo and any(BASE_DIR.glob("*/management/commands/demo.py")):
        _step("Preparing the demo data ...", ["demo"], logs / "demo.log", environment)
    python = [sys.executable, "-m"]
    celery = [*python, "celery", "-A", "config"]
    worker = [*celery, "worker", "--without-gossip", "--without-mingle", "--concurrency"]
    env = configuration.environment()
    children = [
        Child("web", [*python, "config.web"], logs / "web.log"),
        Child("worker", [*worker, str(env.int("WORKERS", default=2)), "-Q", TASKS], logs / "worker.log"),
        Child("pusher", [*worker, str(env.int("PUSHERS", default=2)), "-Q", PUSHES], logs / "pusher.log"),
        Child("beat", [*celery, "beat", "--pidfile="], logs / "beat.log"),
    ]
    if "ANQI_HTTPS_BIND" in environment:
        children.append(Child("https", [*python, "embedded.https"], logs / "https.log"))
    try:
        _forget_old_heartbeats(environment)
        for child in children:
            child.start(environment)
        _wait_until_ready(children, port)
        more = _login_table(environment) if demo else _first_operator(environment, given)
        print(f"Anqi is ready: {_address(environment, port)}\n{more}", end="", flush=True)
        _watch(children, environment, data_dir if servers.embedded else None)
    finally:
        _stop(children)
        _end_marked(data_dir)


def _address(environment: dict[str, str], port: int) -> str:
    """Return where to open Anqi; with https also how phones learn to trust it."""
    if "ANQI_HTTPS_BIND" not in environment:
        return f"http://{HOST}:{port}/"
    from embedded.certificates import FOLDER, Files

    folder, own = Path(environment["DATA_DIR"]) / FOLDER, environment["PUBLIC_URL"]
    files = Files(folder / "anqi-ca.crt", folder / "server.pem", folder / "server.key")
    return (
        f"{own}/\nPhones in this network trust it once (README.md): {own}/anqi-ca.crt\n"
        f"Its SHA-256, which the phone shows: {files.fingerprint}"
    )


def _step(title: str, arguments: list[str], log: Path, environment: dict[str, str]) -> None:
    """Run a management command before the start. Raise ServersError if it fails."""
    print(title, flush=True)
    with log.open("wb") as file:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            cwd=BASE_DIR,
            env=environment,
        )
    if done.returncode:
        raise ServersError(f"manage.py {arguments[0]} failed: {_last_line(log)} (log: {log})")


def _wait_until_ready(children: list[Child], port: int, wait_s: float = 90) -> None:
    deadline = time.monotonic() + wait_s
    while time.monotonic() < deadline:
        for child in children:
            if child.process and child.process.poll() is not None:
                raise ServersError(f"{child.name} did not start: {_last_line(child.log)} (log: {child.log})")
        with contextlib.suppress(OSError), urllib.request.urlopen(f"http://{HOST}:{port}/readyz", timeout=5):
            return
        time.sleep(0.1)
    raise ServersError(
        f"The system was not ready after {wait_s:.0f} s; the logs are in {children[0].log.parent}."
    )


def _forget_old_heartbeats(environment: dict[str, str]) -> None:
    """Delete the heartbeats of the previous run, which would make this one look ready."""
    import redis

    with contextlib.suppress(redis.RedisError):
        url = configuration.addresses(configuration.environment(), BASE_DIR).redis_url
        redis.Redis.from_url(url, socket_timeout=5).delete(*ALL_KEYS)


def _require_broker(url: str) -> None:
    """Refuse to start without a broker: the worker would wait for it without a word.

    One that was stopped with many messages reads them first, and is waited for.
    """
    import redis

    broker = redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5)
    until = time.monotonic() + LOADING_S
    try:
        while True:
            try:
                broker.ping()
                return
            except redis.BusyLoadingError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)
    except redis.RedisError as error:
        raise ServersError(
            f"The broker (Redis) cannot be used: {str(error).rstrip('. ')}. Check REDIS_URL."
        ) from None


def _login_table(environment: dict[str, str]) -> str:
    if not (BASE_DIR / "demo" / "logins.py").exists():
        return ""
    return _said_by("from demo.logins import login_table; print(login_table())", environment)


def _first_operator(environment: dict[str, str], given: str) -> str:
    """Return how to create the first operator, or nothing if there is one."""
    code = "from foundation.accounts.selectors import has_operator; print('yes' if has_operator() else 'no')"
    if _said_by(code, environment).strip() != "no":
        return ""
    return (
        "Nobody can log in yet. Create the first operator in another terminal; docs/install.md goes on from there:\n"
        f'  {given}.venv/bin/python manage.py create_operator USERNAME "FULL NAME"\n'
    )


def _said_by(code: str, environment: dict[str, str]) -> str:
    """Return the output of some lines of the application."""
    command, place = (
        [sys.executable, "-c", f"import django; django.setup(); {code}"],
        environment | {"DJANGO_SETTINGS_MODULE": "config.settings"},
    )
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=BASE_DIR, env=place, stdin=subprocess.DEVNULL
    )
    return done.stdout


def _watch(children: list[Child], environment: dict[str, str], servers_in: Path | None) -> None:
    """Restart children that die, at most three times a minute: what they lack (a disk, a broker) may come back."""
    next_check_at, reported = 0.0, False
    while True:
        time.sleep(0.5)
        if servers_in is not None and time.monotonic() > next_check_at:
            reported = _restart_exited(servers_in, reported)
            next_check_at = time.monotonic() + (10 if reported else 2)
        for child in children:
            child.show_errors()
            if child.process is None or child.process.poll() is None or not child.restart_allowed():
                continue
            _say(f"{child.name} exited (code {child.process.returncode}), restarting it.")
            _kill_group(child.process.pid)
            child.start(environment)


def _restart_exited(data_dir: Path, reported: bool) -> bool:
    """Restart a server that has exited. Return whether one is still down, which is reported once."""
    try:
        if restart_exited(data_dir):
            _say("A server had exited and was restarted.")
    except ServersError as error:
        if not reported:
            _say(f"{error} Retrying every ten seconds.")
        return True
    return False


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _stop(children: list[Child]) -> None:
    """Terminate all children at once, then kill what is left of each process group."""
    live = [child.process for child in children if child.process and child.process.poll() is None]
    for process in live:
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
    deadline = time.monotonic() + STOP_S
    for process in live:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(max(0.1, deadline - time.monotonic()))
    for child in children:
        if child.process:
            _kill_group(child.process.pid)
            child.process.wait()


def _kill_group(leader: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signal.SIGKILL)


def _end_marked(data_dir: Path) -> None:
    """End the children that a killed owner of this folder left behind."""
    mine = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.pid not in mine and process.environ().get(MARK) == str(data_dir):
                found.append(process)
    end_processes(found, (signal.SIGTERM, signal.SIGKILL), wait_s=10)


@contextlib.contextmanager
def _only_owner(data_dir: Path) -> Iterator[None]:
    with (data_dir / "owner.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ServersError(
                f"Anqi is already running on {data_dir}. Stop it first, or set DATA_DIR to another folder."
            ) from None
        yield


def _stop_once(_number: int, _frame: object) -> None:
    """Raise Stopped at the first signal. Ignore later ones, which would disturb the unwinding."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    raise Stopped


def _port(text: str) -> int:
    if not text.isdigit() or not 0 < int(text) < 65_536:
        raise ServersError(f"PORT is {text!r}; it must be a number between 1 and 65535.")
    return int(text)


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1].strip() if lines else "its log is empty"


if __name__ == "__main__":
    main()
