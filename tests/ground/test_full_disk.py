"""Servers that answer but cannot write: every page that writes, the log-in included, answers 503 with words, never 500."""

import errno
import socketserver
import threading
import time
from collections.abc import Iterator
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.core.cache import caches
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from foundation.accounts.choices import Role
from foundation.accounts.sessions import SESSION_SEEN
from tests.factories import PASSWORD, BureauFactory, DepartmentFactory, RoleGrantFactory
from tests.rest.keys import api

LOGIN = "/accounts/login/"
FULL = "could not extend file: No space left on device"


def person() -> Any:
    return RoleGrantFactory(role=Role.OFFICER).user


def log_in(user: Any, **headers: Any) -> Any:
    browser = Client(raise_request_exception=False)
    return browser.post(LOGIN, {"login": user.username, "password": PASSWORD}, **headers)


def is_unavailable(answer: Any) -> None:
    assert (answer.status_code, answer["Retry-After"]) == (503, "10"), answer.content.decode()[:300]
    assert "Temporarily unavailable" in answer.content.decode()


@pytest.fixture
def full_table() -> Iterator[Any]:
    """Make PostgreSQL refuse to write to a table, as it does when its disk is full."""
    owner = settings.DATABASES["owner"]
    made = psycopg2.connect(
        host=owner["HOST"],
        port=owner["PORT"],
        user=owner["USER"],
        password=owner["PASSWORD"],
        dbname=connections["default"].settings_dict["NAME"],
    )
    made.autocommit = True
    cursor, tables = made.cursor(), []
    cursor.execute(
        "CREATE OR REPLACE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = '{FULL}'; END $$"
    )

    def fill(table: str) -> None:
        tables.append(table)
        cursor.execute(
            f"CREATE TRIGGER disk_is_full BEFORE INSERT OR UPDATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION disk_is_full()"
        )

    yield fill
    connection.close()
    for table in tables:
        cursor.execute(f"DROP TRIGGER disk_is_full ON {table}")
    cursor.execute("DROP FUNCTION disk_is_full()")
    made.close()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("table", ["accounts_session", "accounts_user", "accounts_auditentry"])
def test_logging_in_on_a_full_disk(full_table: Any, table: str) -> None:
    user = person()
    full_table(table)
    is_unavailable(log_in(user))


@pytest.mark.django_db(transaction=True)
def test_reading_goes_on(full_table: Any) -> None:
    """Every half minute a page stores that the person is still there, and an endpoint that its key was used."""
    browser = Client(raise_request_exception=False)
    browser.force_login(person())
    assert browser.get("/", follow=True).status_code == 200
    session = browser.session
    session[SESSION_SEEN] = int(time.time()) - 60
    session.save()
    full_table("accounts_session")
    assert browser.get("/enterprises/").status_code == 200
    client = api(DepartmentFactory())
    full_table("accounts_apikey")
    assert client.get("/api/v1/key/").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_a_database_that_only_reads() -> None:
    user = person()
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
        try:
            is_unavailable(log_in(user))
        finally:
            cursor.execute("RESET default_transaction_read_only")


# --- the broker ---


class _Full(socketserver.StreamRequestHandler):
    """A Redis on a full disk: reads are answered, writes are refused."""

    def handle(self) -> None:
        while line := self.rfile.readline():
            words = []
            for _part in range(int(line[1:])):
                size = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(size + 2)[:-2].upper())
            reads = {
                b"GET": b"$-1\r\n",
                b"SELECT": b"+OK\r\n",
                b"AUTH": b"+OK\r\n",
                b"CLIENT": b"+OK\r\n",
                b"PING": b"+PONG\r\n",
            }
            refused = (
                b"-MISCONF Redis is configured to save RDB snapshots, but is unable to persist on disk.\r\n"
            )
            self.wfile.write(reads.get(words[0], refused))


@pytest.fixture
def full_broker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Full) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        place = settings.CACHES["default"] | {"LOCATION": f"redis://127.0.0.1:{server.server_address[1]}/0"}
        monkeypatch.setitem(settings.CACHES, "default", place)
        monkeypatch.setattr(caches, "settings", caches.configure_settings(settings.CACHES))
        del caches["default"]
        yield
        caches["default"].close()
        del caches["default"]
        server.shutdown()
        thread.join()


@pytest.mark.django_db
def test_a_broker_that_cannot_write(full_broker: None) -> None:
    user = person()
    is_unavailable(log_in(user))
    browser = Client()
    browser.force_login(user)
    assert browser.get("/", follow=True).status_code == 200  # pages go without the cache


# --- the web server's own disk ---


@pytest.mark.django_db
def test_an_upload_that_does_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_arguments: Any, **_options: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(settings, "FILE_UPLOAD_MAX_MEMORY_SIZE", 10)
    monkeypatch.setattr(uploadhandler.TemporaryFileUploadHandler, "new_file", full)
    browser = Client(raise_request_exception=False)
    supervisor = RoleGrantFactory(role=Role.SUPERVISOR, bureau=BureauFactory(), station=None)
    browser.force_login(supervisor.user)
    file = SimpleUploadedFile("standard.toml", b"code = 'x'" * 100)
    is_unavailable(browser.post(reverse("ratings:standard_create"), {"file": file}))
