"""How the code of this checkout is run against one database: in a process of its own, with that database's addresses."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tests.waiting import patience

ROOT = Path(__file__).resolve().parent.parent.parent
# With it the secrets of the recorded subscriptions are sealed. Invented, and nobody's.
SECRET_KEY = "an-invented-key-of-fifty-characters-and-more-0123456789-abcdefghij"
_SESSION = {
    "DATA_DIR",
    "REDIS_DB",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "ANQI_DEMO",
    "PORT",
}


class Checkout:
    """Commands and questions to the code, against one database."""

    def __init__(
        self,
        *,
        database: str,
        owner: Mapping[str, Any],
        runtime: Mapping[str, Any],
        redis_url: str,
        data_dir: Path,
    ) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in _SESSION}
        self.database = database
        self.surroundings = kept | {
            "DATABASE_URL": _url(runtime, database),
            "DATABASE_OWNER_URL": _url(owner, database),
            "REDIS_URL": redis_url,
            "SECRET_KEY": SECRET_KEY,
            "DATA_DIR": str(data_dir),
            "ALLOWED_HOSTS": "127.0.0.1,testserver",
            "ANQI_DEMO": "1",
            "HTTPS": "0",
            "STATIC_HASHED": "0",
            "WEBHOOKS_PLAIN_HTTP": "1",
            "PYTHONUNBUFFERED": "1",
            # this checkout and no other, wherever the environment was installed from
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "warnings"))),
        }

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One command of manage.py to its end."""
        return self._run([sys.executable, "manage.py", *arguments])

    def ask(self, what: str, **asked: Any) -> Any:
        """What :mod:`tests.upgrade.replay` answers."""
        done = self._run(self.command(what), json.dumps(asked) + "\n")
        assert done.returncode == 0, done.stderr[-4000:]
        return json.loads(done.stdout)

    def command(self, what: str) -> list[str]:
        return [sys.executable, "-m", "tests.upgrade.replay", what]

    def _run(self, command: list[str], given: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=ROOT,
            env=self.surroundings,
            input=given,
            capture_output=True,
            text=True,
            timeout=patience(180),
        )


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _url(role: Mapping[str, Any], database: str) -> str:
    who = f"{role['user']}:{quote(str(role.get('password') or ''), safe='')}"
    return f"postgres://{who}@{role['host']}:{role['port']}/{database}"
