"""Addresses of the database and the broker.

``DATABASE_URL`` and ``REDIS_URL`` both set: external servers (production). Neither set: embedded PostgreSQL and Valkey
from their wheels, with data under ``DATA_DIR`` (``.data/``).

This module only *computes* addresses (and creates ports and passwords on first use), so importing the settings starts
nothing. ``embedded.servers`` starts and stops the servers.
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
from urllib.parse import urlsplit

import environ

BASE_DIR = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
DATABASE = "anqi"
OWNER_ROLE = "anqi_owner"
RUNTIME_ROLE = "anqi_app"
KEYS_FILE = "servers.json"
# Below the range that Linux and macOS use for outgoing connections, so that a remembered port stays free.
PORTS = range(20_000, 32_000)
# If the database host vanishes, TCP would block a thread for a quarter of an hour by default.
_NETWORK = {
    "connect_timeout": 10,
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # ms
}
# Seconds after which PostgreSQL ends a statement, a wait for a lock, and an idle transaction (0: never). config.web sets
# shorter ones for pages. A migration may take its time, but must not make everybody queue behind its wait for a lock.
LIMITS_S = {"statement_timeout": 600, "lock_timeout": 120, "idle_in_transaction_session_timeout": 600}
_OWNER_LIMITS_S = {"statement_timeout": 0, "lock_timeout": 60, "idle_in_transaction_session_timeout": 0}
_WORDS_OF_BOOL = {*environ.Env.BOOLEAN_TRUE_STRINGS, "0", "false", "off", "no", "n"}
_FILES_BEFORE_KEYS = {"keys.lock", f"{KEYS_FILE}.new"}


SHORTEST_KEY = 50  # characters of SECRET_KEY
LOOPBACK = {"127.0.0.1", "localhost", "[::1]", "testserver"}  # names of this machine only


class ServersError(SystemExit):
    """An error with one sentence for the person at the terminal.

    A SystemExit, so that every entry point that imports the settings (manage.py, celery, config.web, pytest) prints the
    sentence instead of a traceback and exits with code 1.
    """


@dataclass(frozen=True)
class Servers:
    """The addresses that the settings need."""

    embedded: bool
    data_dir: Path
    secret_key: str
    runtime: dict[str, Any]  # Django's DATABASES entry of the runtime role
    owner: dict[str, Any]  # ... of the owner role; a dummy if DATABASE_OWNER_URL is not set
    redis_url: str


class Environment(environ.Env):
    """The environment of the process. A variable without a value counts as not set; an impossible value is refused."""

    def get_value(self, var: Any, cast: Any = None, default: Any = environ.Env.NOTSET, **options: Any) -> Any:
        text = self.ENVIRON.get(var, "").strip()
        if not text and default is not self.NOTSET:
            return default
        if cast is bool and text.lower() not in _WORDS_OF_BOOL:
            raise ServersError(f"{var} is {text!r}; write 1 or 0.")
        try:
            return super().get_value(var, cast=cast, default=default, **options)
        except ValueError:
            raise ServersError(f"{var} is {text!r}; it must be a number.") from None


def environment() -> Environment:
    """Return the environment of the process, completed by ``.env`` beside manage.py.

    ``ENV_FILE`` names another file, or none if it is set and empty: the tests must not read the settings of this machine.
    """
    path = os.environ.get("ENV_FILE", str(BASE_DIR / ".env"))
    if path and Path(path).exists():
        if not os.access(path, os.R_OK):
            raise ServersError(f"{path} cannot be read. Give it to the user that runs Anqi.")
        environ.Env.read_env(path)
    elif path and "ENV_FILE" in os.environ:
        raise ServersError(f"ENV_FILE is {path!r}; there is no such file.")
    return Environment()


def known_time_zone(name: str) -> str:
    """Return the name of a time zone. Raise ServersError if the machine does not know it."""
    known = Path("/usr/share/zoneinfo")  # where Django looks first
    if known.is_dir() and not (known / name).is_file():
        raise ServersError(f"This machine does not know the time zone {name}. Install its package tzdata.")
    return name


def addresses(env: Environment, base_dir: Path) -> Servers:
    """Return the addresses for this environment. Creates ports and passwords in a new data folder, starts nothing."""
    if is_embedded(env):
        return _embedded(env, location(env, base_dir))
    return _configured(env, location(env, base_dir))


def is_embedded(env: Environment) -> bool:
    """Return whether no servers are configured. Raise ServersError if only one of the two is."""
    database, broker = bool(env("DATABASE_URL", default="")), bool(env("REDIS_URL", default=""))
    if database != broker:
        present, absent = ("DATABASE_URL", "REDIS_URL") if database else ("REDIS_URL", "DATABASE_URL")
        raise ServersError(
            f"{present} is set but {absent} is not. Set both, or neither to use the embedded servers."
        )
    return not database


def refuse_unsafe(
    *, embedded: bool, debug: bool, demo: bool, https: bool, hosts: list[str], keys: list[str]
) -> None:
    """Refuse settings that open a production server. The embedded servers are reached from this machine only."""
    if embedded:
        return
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise ServersError(
            f"SECRET_KEY and SECRET_KEY_FALLBACKS need at least {SHORTEST_KEY} characters each. "
            "Make one with: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    if debug:
        raise ServersError(
            "DEBUG is on; its error pages show settings and data. Leave it out with DATABASE_URL."
        )
    if demo and not set(hosts) <= LOOPBACK:
        raise ServersError(
            "ANQI_DEMO is on; it shows logins to everybody. Leave it out, or let ALLOWED_HOSTS name this machine only."
        )
    if any(host in ("*", ".") for host in hosts):
        raise ServersError("ALLOWED_HOSTS contains *; name the hosts that people use.")
    if not https and not set(hosts) <= LOOPBACK:
        raise ServersError(
            "HTTPS is off, so cookies would travel in clear. Serve through TLS, or let ALLOWED_HOSTS name this machine only."
        )


def public_url(text: str) -> str:
    """Return the address that phones reach, without a slash at its end. Raise ServersError for what is none: it gets printed."""
    own = text.rstrip("/")
    try:
        parts = urlsplit(own)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # no port, or half a bracket
        is_address = False
    if text and (not is_address or own.partition("://")[2] != parts.netloc or "@" in own):
        raise ServersError(f"PUBLIC_URL is {text!r}; write it like https://anqi.example.")
    return own


def location(env: Environment, base_dir: Path) -> Path:
    """Return the absolute path of the data folder."""
    return (base_dir / Path(env("DATA_DIR", default="") or ".data").expanduser()).resolve()


def _configured(env: Environment, data_dir: Path) -> Servers:
    secret_key = env("SECRET_KEY", default="")
    if not secret_key:
        raise ServersError(
            "DATABASE_URL is set, so SECRET_KEY must be set too. Anqi generates one only for embedded servers."
        )
    owner_url = env("DATABASE_OWNER_URL", default="")
    with contextlib.suppress(OSError):  # a process that writes nothing may run on a read-only file system
        data_dir.mkdir(parents=True, exist_ok=True)
    # Only migrations need the owner's password; web and worker should run without it.
    owner = (
        _entry(env, owner_url, _OWNER_LIMITS_S)
        if owner_url
        else {"ENGINE": "django.db.backends.dummy", "NAME": ""}
    )
    return Servers(
        embedded=False,
        data_dir=data_dir,
        secret_key=secret_key,
        runtime=_entry(env, env("DATABASE_URL"), _limits(env)),
        owner=owner,
        redis_url=_broker(env("REDIS_URL")),
    )


def _limits(env: Environment) -> dict[str, int]:
    return {name: env.int(f"{name.upper()}_S", default=seconds) for name, seconds in LIMITS_S.items()}


def _options(limits_s: dict[str, int]) -> str:
    """Return the time-outs as PostgreSQL's start-up options."""
    return " ".join(f"-c {name}={seconds}s" for name, seconds in limits_s.items())


def _entry(env: Environment, url: str, limits_s: dict[str, int]) -> dict[str, Any]:
    parts = urlsplit(url)
    if parts.scheme not in ("postgres", "postgresql") or not parts.hostname or not parts.path.strip("/"):
        raise ServersError(
            "DATABASE_URL and DATABASE_OWNER_URL must be written postgres://user:password@host:5432/database."
        )
    entry: dict[str, Any] = env.db_url_config(url)
    entry["OPTIONS"] = _NETWORK | {"options": _options(limits_s)} | entry.get("OPTIONS", {})
    return entry


def _broker(url: str) -> str:
    if urlsplit(url).scheme not in ("redis", "rediss") or not urlsplit(url).hostname:
        raise ServersError("REDIS_URL must be written redis://:password@host:6379/0.")
    return url


def _embedded(env: Environment, data_dir: Path) -> Servers:
    keys = read_keys(data_dir)
    postgres, valkey = keys["postgres"], keys["valkey"]

    def entry(role: str, password: str, limits_s: dict[str, int]) -> dict[str, Any]:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": DATABASE,
            "USER": role,
            "PASSWORD": password,
            "HOST": HOST,
            "PORT": postgres["port"],
            "OPTIONS": {"connect_timeout": 10, "options": _options(limits_s)},
        }

    return Servers(
        embedded=True,
        data_dir=data_dir,
        secret_key=keys["secret_key"],
        runtime=entry(RUNTIME_ROLE, postgres["runtime_password"], _limits(env)),
        owner=entry(OWNER_ROLE, postgres["owner_password"], _OWNER_LIMITS_S),
        redis_url=f"redis://:{valkey['password']}@{HOST}:{valkey['port']}/{env.int('REDIS_DB', default=0)}",
    )


# --- ports and passwords of an embedded data folder ---------------------------------------------------------------


def read_keys(data_dir: Path) -> dict[str, Any]:
    """Return ports and passwords of a data folder, created on first use.

    Raise ServersError for a folder that is not Anqi's, is damaged or cannot be used.
    """
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        present = set(os.listdir(data_dir))
        if KEYS_FILE not in present and present - _FILES_BEFORE_KEYS:
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
    """Replace the keys file in one step. Only its owner can read it."""
    # If we are root, PostgreSQL runs as another user, who must be able to pass through the folder.
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
    """Return a free port of the loopback interface, other than ``but``. Raise ServersError if there is none."""
    order = random.SystemRandom()  # its own order, even if somebody seeded the global generator
    for port in order.sample(PORTS, 200):
        if port != but and port_is_free(port):
            return port
    raise ServersError(f"No free port between {PORTS.start} and {PORTS.stop} on {HOST}.")


def port_is_free(port: int) -> bool:
    """Return whether a server could listen on the port now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # TIME_WAIT does not count as busy
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


@contextlib.contextmanager
def locked(path: Path) -> Iterator[TextIO]:
    """Lock a file exclusively while the block runs. The kernel releases the lock however the process ends."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield file
