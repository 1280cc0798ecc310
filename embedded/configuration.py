"""Where the database and the broker are.

Both ``DATABASE_URL`` and ``REDIS_URL`` set: servers that somebody else runs (production).
Neither set: embedded, PostgreSQL and Valkey from their wheels under ``DATA_DIR`` (``.data/``).

This module only *computes* addresses (and, once, the ports and passwords behind them), so importing the
settings starts nothing. ``embedded.servers`` starts and stops.
"""

import contextlib
import fcntl
import json
import os
import random
import secrets
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
DATABASE = "anqi"
OWNER_ROLE = "anqi_owner"
RUNTIME_ROLE = "anqi_app"
KEYS_FILE = "servers.json"
# Below the range that Linux and macOS hand out to outgoing connections, so that a remembered port stays free.
PORTS = range(20_000, 32_000)
# A database machine that vanished without a word must not hold a thread for the quarter of an hour TCP would wait.
_NETWORK = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # ms
}
_OURS_BEFORE_KEYS = {"keys.lock", f"{KEYS_FILE}.new"}


class ServersError(SystemExit):
    """A sentence for the person at the terminal.

    A SystemExit, because then every entry point (manage.py, celery, gunicorn, pytest) prints the sentence
    and ends with code 1 instead of a traceback, whoever it was that imported the settings.
    """


@dataclass(frozen=True)
class Servers:
    """The addresses the settings need."""

    embedded: bool
    data_dir: Path
    secret_key: str
    runtime: dict[str, Any]  # Django's DATABASES entry of the role that works
    owner: dict[str, Any]  # ... of the role that migrates; a dummy where this process was not given it
    redis_url: str


def environment() -> environ.Env:
    """The process's environment, completed by ``.env``."""
    env = environ.Env()
    environ.Env.read_env(BASE_DIR / ".env")
    return env


def addresses(env: environ.Env, base_dir: Path) -> Servers:
    """Addresses of this environment. Writes ports and passwords into a new embedded data folder, starts nothing."""
    if is_embedded(env):
        return _embedded(env, location(env, base_dir))
    return _configured(env, location(env, base_dir))


def is_embedded(env: environ.Env) -> bool:
    """Whether nobody configured servers."""
    database, broker = bool(env("DATABASE_URL", default="")), bool(env("REDIS_URL", default=""))
    if database != broker:
        present, absent = ("DATABASE_URL", "REDIS_URL") if database else ("REDIS_URL", "DATABASE_URL")
        raise ServersError(
            f"{present} is set but {absent} is not. Set both, or neither to use the embedded servers."
        )
    return not database


def location(env: environ.Env, base_dir: Path) -> Path:
    """The data folder, absolute."""
    return (base_dir / Path(env("DATA_DIR", default="") or ".data").expanduser()).resolve()


def _configured(env: environ.Env, data_dir: Path) -> Servers:
    secret_key = env("SECRET_KEY", default="")
    if not secret_key:
        raise ServersError(
            "DATABASE_URL is set, so SECRET_KEY must be set too; nothing is made up in production."
        )
    owner_url = env("DATABASE_OWNER_URL", default="")
    with contextlib.suppress(OSError):  # a process that writes nothing may run on a read-only system
        data_dir.mkdir(parents=True, exist_ok=True)
    # Only migrations need the owner's password; web and worker are better off without it.
    owner = _entry(env, owner_url) if owner_url else {"ENGINE": "django.db.backends.dummy", "NAME": ""}
    return Servers(
        embedded=False,
        data_dir=data_dir,
        secret_key=secret_key,
        runtime=_entry(env, env("DATABASE_URL")),
        owner=owner,
        redis_url=env("REDIS_URL"),
    )


def _entry(env: environ.Env, url: str) -> dict[str, Any]:
    entry = env.db_url_config(url)
    entry["OPTIONS"] = _NETWORK | entry.get("OPTIONS", {})
    return entry


def _embedded(env: environ.Env, data_dir: Path) -> Servers:
    keys = read_keys(data_dir)
    postgres, valkey = keys["postgres"], keys["valkey"]

    def entry(role: str, password: str) -> dict[str, Any]:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": DATABASE,
            "USER": role,
            "PASSWORD": password,
            "HOST": HOST,
            "PORT": postgres["port"],
            "OPTIONS": {"connect_timeout": 10},
        }

    return Servers(
        embedded=True,
        data_dir=data_dir,
        secret_key=keys["secret_key"],
        runtime=entry(RUNTIME_ROLE, postgres["runtime_password"]),
        owner=entry(OWNER_ROLE, postgres["owner_password"]),
        redis_url=f"redis://:{valkey['password']}@{HOST}:{valkey['port']}/{env.int('REDIS_DB', default=0)}",
    )


# --- ports and passwords of an embedded data folder ---------------------------------------------------------------


def read_keys(data_dir: Path) -> dict[str, Any]:
    """Ports and passwords of a data folder; made on first use. Refuses a folder that is not Anqi's."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        present = set(os.listdir(data_dir))
        if KEYS_FILE not in present and present - _OURS_BEFORE_KEYS:
            raise ServersError(
                f"The data folder {data_dir} holds files that are not Anqi's. Give DATA_DIR an empty folder or a new name."
            )
        with locked(data_dir / "keys.lock"):
            if not (data_dir / KEYS_FILE).exists():
                write_keys(data_dir, _new_keys())
            keys = json.loads((data_dir / KEYS_FILE).read_text())
            if {"secret_key", "postgres", "valkey"} - keys.keys():
                raise KeyError
            return keys
    except PermissionError:
        raise ServersError(
            f"The data folder {data_dir} belongs to another user. Set DATA_DIR to your own."
        ) from None
    except OSError as error:
        raise ServersError(f"The data folder {data_dir} cannot be used: {error.strerror}.") from None
    except (ValueError, KeyError, AttributeError):
        raise ServersError(
            f"{data_dir / KEYS_FILE} is damaged. Restore it from a backup, or set DATA_DIR to a new folder."
        ) from None


def write_keys(data_dir: Path, keys: dict[str, Any]) -> None:
    """Replace the file in one step; nobody but its owner reads it."""
    # Run as root, PostgreSQL runs as another user, who must be able to pass through the folder.
    data_dir.chmod(0o711 if os.geteuid() == 0 else 0o700)
    new = data_dir / f"{KEYS_FILE}.new"
    new.unlink(missing_ok=True)
    descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(keys, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    new.replace(data_dir / KEYS_FILE)


def _new_keys() -> dict[str, Any]:
    postgres = free_port()
    return {
        "secret_key": secrets.token_urlsafe(60),
        "postgres": {
            "port": postgres,
            "superuser_password": secrets.token_urlsafe(24),
            "owner_password": secrets.token_urlsafe(24),
            "runtime_password": secrets.token_urlsafe(24),
        },
        "valkey": {"port": free_port(but=postgres), "password": secrets.token_urlsafe(24)},
    }


def free_port(but: int = 0) -> int:
    """A port of the loopback interface that nobody listens on."""
    for port in random.SystemRandom().sample(
        PORTS, 200
    ):  # nobody else's order, whoever seeded the global one
        if port != but and port_is_free(port):
            return port
    raise ServersError(f"No free port between {PORTS.start} and {PORTS.stop} on {HOST}.")


def port_is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # TIME_WAIT does not count as busy
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def locked(path: Path) -> Iterator[TextIO]:
    """Exclusive while the block runs. The kernel gives it back when a process dies, whatever killed it."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
