"""Wrong settings, a server that is away, a database that is not ready: one sentence in every entry point, no traceback."""

import contextlib
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.db import connections

from config.celery import name_worker
from embedded.configuration import ServersError
from tests.ground.processes import ROOT, run
from tests.ports import claim_port
from tests.servers import choose_servers

NOWHERE = {
    "DATABASE_URL": "postgres://anqi_app:invented@127.0.0.1:1/anqi",
    "DATABASE_OWNER_URL": "postgres://anqi_owner:invented@127.0.0.1:1/anqi",
    "REDIS_URL": "redis://:invented@127.0.0.1:1/0",
    "SECRET_KEY": "an-invented-key-of-fifty-characters-and-more-0123456789-abcdefghij",
    "ALLOWED_HOSTS": "anqi.example",
    "STATIC_HASHED": "0",
    "LOG_FORMAT": "console",
}
MANAGE = ("manage.py", "check_identifiers")
WEB = ("-m", "config.web")
WORKER = ("-m", "celery", "-A", "config", "worker", "--concurrency", "1")
BEAT = ("-m", "celery", "-A", "config", "beat", "--pidfile=")
OWNER = ("-m", "embedded.run")


def refusal(tmp_path: Path, *command: str, **changes: str) -> str:
    """Return the last line of a process that refuses to start."""
    own = {"DATA_DIR": str(tmp_path / "data"), "PORT": str(claim_port())}
    done = run([sys.executable, *command], **own | changes)
    said = done.stdout + done.stderr
    assert done.returncode, said
    assert "Traceback" not in said, said
    assert "invented" not in said, "no password is shown"
    return said.strip().splitlines()[-1]


def drilled(*values: Any, id: str) -> Any:
    """A case of its kind: the first ones run always, the others, a process each, in the drill."""
    return pytest.param(*values, marks=pytest.mark.drill, id=id)


@pytest.mark.parametrize(
    "command",
    [
        WEB,
        *(drilled(each, id=" ".join(each[:3])) for each in (MANAGE, ("manage.py", "migrate"), WORKER, OWNER)),
    ],
)
def test_a_database_that_is_away(tmp_path: Path, command: tuple[str, ...]) -> None:
    said = refusal(tmp_path, *command, **NOWHERE)
    assert "cannot be used: " in said
    assert "refused" in said


WRONG = [
    (WEB, {"WEB_WORKERS": "two"}, "WEB_WORKERS is 'two'; it must be a number."),
    (WEB, {"HTTPS": "maybe"}, "HTTPS is 'maybe'; write 1 or 0."),
    (WORKER, {"IDLE_TIMEOUT_S": "soon"}, "IDLE_TIMEOUT_S is 'soon'; it must be a number."),
    (BEAT, {"SWEEP_INTERVAL_S": "often"}, "SWEEP_INTERVAL_S is 'often'; it must be a number."),
    (BEAT, {"DATA_DIR": "/proc/nowhere"}, "Beat cannot write /proc/nowhere/beat-schedule"),
    (
        MANAGE,
        {"DATABASE_URL": "mysql://a:b@c/d"},
        "must be written postgres://user:password@host:5432/database.",
    ),
    (MANAGE, {"REDIS_URL": "localhost"}, "REDIS_URL must be written redis://:password@host:6379/0."),
    (MANAGE, {"LOG_LEVEL": "LOUD"}, "LOG_LEVEL is 'LOUD'"),
    (MANAGE, {"ENV_FILE": "/nowhere/.env"}, "ENV_FILE is '/nowhere/.env'; there is no such file."),
    (WEB, {"SECRET_KEY": "short"}, "need at least 50 characters"),
    (WEB, {"SECRET_KEY_FALLBACKS": "short"}, "need at least 50 characters"),
    (WEB, {"DEBUG": "1"}, "DEBUG is on"),
    (WEB, {"ANQI_DEMO": "1"}, "ANQI_DEMO is on"),
    (
        MANAGE,
        {"PUBLIC_URL": "anqi.example"},
        "PUBLIC_URL is 'anqi.example'; write it like https://anqi.example.",
    ),
    (OWNER, {"ANQI_HTTPS": "1"}, "ANQI_HTTPS is for trying Anqi out."),
    (WEB, {"ALLOWED_HOSTS": "anqi.example,*"}, "ALLOWED_HOSTS contains *"),
    (WORKER, {"HTTPS": "0"}, "HTTPS is off, so cookies would travel in clear."),
    (OWNER, {"PORT": "http"}, "PORT is 'http'; it must be a number"),
]


@pytest.mark.parametrize(
    ("command", "changes", "sentence"),
    [*WRONG[:4], *(drilled(*each, id=next(iter(each[1]))) for each in WRONG[4:])],
)
def test_a_wrong_value(
    tmp_path: Path, command: tuple[str, ...], changes: dict[str, str], sentence: str
) -> None:
    assert sentence in refusal(tmp_path, *command, **NOWHERE | changes)


def test_our_commands_make_no_second_database(tmp_path: Path) -> None:
    """Only migrate and the owner process create a data folder; create_operator would fill one that nobody uses."""
    for command in ("create_operator", "evaluate", "demo"):
        said = refusal(tmp_path, "manage.py", command, "x")
        assert said.startswith(f"There is no Anqi in {tmp_path / 'data'} yet.")
    assert not (tmp_path / "data").exists()


def test_one_env_file_for_every_entry_point(tmp_path: Path) -> None:
    """Make sets no variable of its own, so that what the file says holds for it too."""
    file = tmp_path / "settings.env"
    file.write_text(f"PORT=8123\nDATA_DIR={tmp_path / 'kept'}\nLOG_FORMAT=json\nWEB_WORKERS=3\n")
    code = (
        "import django; django.setup(); from django.conf import settings as s; import config.web as w, "
        "config.logs as l; print(s.PORT, s.DATA_DIR.name, w.ADDRESS, w.WORKERS, l.READABLE)"
    )
    done = run([sys.executable, "-c", code], ENV_FILE=str(file), DJANGO_SETTINGS_MODULE="config.settings")
    assert done.stdout.strip() == "8123 kept 127.0.0.1:8123 3 False", done.stderr
    variables = subprocess.run(
        ["make", "-pn", "help"], cwd=ROOT, capture_output=True, text=True, env={"PATH": os.environ["PATH"]}
    )
    assert not re.findall(r"^(?:export )?(?:PORT|DATA_DIR)\b.*=", variables.stdout, re.MULTILINE)


def test_the_tests_refuse_a_database_that_is_not_theirs() -> None:
    with pytest.raises(ServersError, match="would empty that database"):
        choose_servers({"DATABASE_URL": "postgres://a:b@db/anqi"})
    with pytest.raises(ServersError, match="Set all of"):
        choose_servers({"TEST_DATABASE_URL": "postgres://a:b@db/anqi"})
    named = {f"TEST_{name}": NOWHERE[name] for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")}
    chosen = named | {"HTTPS": "1", "PORT": "80"}
    choose_servers(chosen)
    assert (chosen["DATABASE_URL"], chosen["ENV_FILE"], chosen["HTTPS"]) == (NOWHERE["DATABASE_URL"], "", "0")
    choose_servers(chosen)  # as a worker of pytest-xdist does again
    assert os.environ["ENV_FILE"] == ""


def test_two_workers_of_a_machine_have_two_names() -> None:
    worker = SimpleNamespace(hostname="celery@here")
    name_worker(sender=worker.hostname, instance=worker)
    assert worker.hostname == f"celery-{os.getpid()}@here"
    named = SimpleNamespace(hostname="night@here")
    name_worker(sender=named.hostname, instance=named)
    assert named.hostname == "night@here"


# --- a database that is not ready ---


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("command", [WEB, drilled(MANAGE, id="command"), drilled(WORKER, id="worker")])
def test_a_missing_migration_is_refused(tmp_path: Path, command: tuple[str, ...]) -> None:
    default = connections["default"].settings_dict
    owner = settings.DATABASES["owner"]
    changes = NOWHERE | {
        "DATABASE_URL": f"postgres://{default['USER']}:{default['PASSWORD']}@{default['HOST']}:{default['PORT']}/{default['NAME']}",
        "REDIS_URL": settings.CELERY_BROKER_URL,
    }
    with contextlib.closing(
        psycopg2.connect(
            host=owner["HOST"],
            port=owner["PORT"],
            user=owner["USER"],
            password=owner["PASSWORD"],
            dbname=default["NAME"],
        )
    ) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute("SELECT max(id) FROM django_migrations WHERE app = 'imports'")
        (last,) = cursor.fetchone()
        cursor.execute("DELETE FROM django_migrations WHERE id = %s RETURNING app, name, applied", [last])
        row = cursor.fetchone()
        try:
            said = refusal(tmp_path, *command, **changes)
        finally:
            cursor.execute(
                "INSERT INTO django_migrations (id, app, name, applied) VALUES (%s, %s, %s, %s)", [last, *row]
            )
    assert f"it lacks 1 migration, first imports.{row[1]}." in said
