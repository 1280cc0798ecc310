"""Long lists: made by a worker, told in the inbox, kept for a day, for who asked alone."""

import datetime as dt
from typing import Any
from unittest.mock import Mock

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from foundation.accounts import sweeping
from foundation.accounts.models import RoleGrant
from foundation.accounts.operations import revoke_role
from foundation.exports import operations, tasks
from foundation.exports.choices import ExportState
from foundation.exports.models import Export, ExportPart
from foundation.inbox.notifying import system_scope
from foundation.tenancy.scope import station_scope
from tests.accounts.conftest import House, log_of
from tests.exports.reading import rows_of, taken
from tests.factories import EnterpriseFactory
from tests.inbox.conftest import codes_of, english, house, inbox_of, quick_passwords

__all__ = ["english", "house", "quick_passwords"]
LIST = "/enterprises/?sort=-name"


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two rows are many."""
    monkeypatch.setattr(operations, "MOST_AT_ONCE", 1)


@pytest.fixture(autouse=True)
def quiet(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """No task is sent; returns those that would be."""
    sent: list[tuple[int, int]] = []
    monkeypatch.setattr(tasks.make, "apply_async", lambda ids, *_more, **_options: sent.append(ids))
    return sent


@pytest.fixture
def register(house: House) -> House:
    EnterpriseFactory(station=house.city.first, name="Alpha")
    EnterpriseFactory(station=house.city.second, name="Elsewhere")
    return house


def exports(house: House) -> list[Export]:
    with station_scope(system_scope(house.city.bureau.pk)):
        return list(Export.objects.order_by("id"))


def parts(house: House) -> int:
    with station_scope(system_scope(house.city.bureau.pk)):
        return ExportPart.objects.count()


def asked(house: House, client: Client | None = None, path: str = LIST) -> Export:
    answer = taken(client or house.client("officer"), path)
    export = exports(house)[-1]
    assert (answer.status_code, answer["Location"]) == (302, f"/people/downloads/{export.pk}/")
    return export


def work(house: House, export: Export) -> None:
    operations.make(bureau_id=house.city.bureau.pk, export_id=export.pk)


def file_of(client: Client, export: Export) -> Any:
    return client.get(f"/people/downloads/{export.pk}/file/")


def test_a_long_list_is_made_by_a_worker(
    register: House, quiet: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    client = register.client("officer")
    with django_capture_on_commit_callbacks(execute=True):
        export = asked(register, client)
    assert quiet == [(register.city.bureau.pk, export.pk)]
    page = client.get(f"/people/downloads/{export.pk}/").content.decode()
    assert "every 1s" in page
    assert file_of(client, export).status_code == 302
    work(register, export)
    [ready] = inbox_of(register.actor("officer"))
    assert ready.text == "Your download is ready: Enterprises, 2 rows. It is kept for a day."
    page = client.get(f"/people/downloads/{export.pk}/progress/").content.decode()
    assert "every 1s" not in page
    assert f"/people/downloads/{export.pk}/file/" in page
    taken_away = [each for each in log_of(register.city) if each.action == "export.take_away"]
    assert not taken_away, "nobody has it yet"
    answer = file_of(client, export)
    content = b"".join(answer.streaming_content)
    assert [row[0] for row in rows_of(content)[1:]] == ["Qinghe Foundry", "Alpha"]
    assert len(content) == int(answer["Content-Length"])
    [entry] = [each for each in log_of(register.city) if each.action == "export.take_away"]
    assert (entry.actor_name, entry.address, entry.after["rows"]) == ("Full officer", "127.0.0.1", 2)
    b"".join(file_of(client, export).streaming_content)
    assert [each.action for each in log_of(register.city)].count("export.take_away") == 2


def test_a_role_makes_so_many_within_a_day(register: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MOST_KEPT", 2)
    client = register.client("officer")
    for _ in range(2):
        work(register, asked(register, client))
    answer = taken(client, LIST)
    assert answer["Location"] == LIST
    assert len(exports(register)) == 2


def test_the_sweep_goes_on_after_an_error_in_one_bureau(
    register: House, monkeypatch: pytest.MonkeyPatch, quiet: list[Any]
) -> None:
    export = asked(register)
    whole = operations.unfinished_in

    def broken(bureau_id: int | None) -> list[int]:
        if bureau_id is None:
            raise OSError("gone")
        return whole(bureau_id)

    monkeypatch.setattr(operations, "unfinished_in", broken)
    monkeypatch.setattr(sweeping, "connection", Mock())  # that of the test stays open
    tasks.sweep()
    assert (register.city.bureau.pk, export.pk) in quiet


def test_what_is_asked_twice_is_made_once(register: House) -> None:
    first, second = asked(register), asked(register)
    assert first.pk == second.pk
    work(register, first)
    work(register, first)
    assert codes_of(register, "officer") == ["export.ready"]
    assert parts(register) == 1
    assert asked(register).pk != first.pk  # the day's news


def test_a_role_waits_for_a_few_at_a_time(register: House) -> None:
    client = register.client("officer")
    for number in range(operations.MOST_UNFINISHED):
        asked(register, client, f"/enterprises/?sort=-name&q=&page={number}&x={number}")
    answer = taken(client, "/enterprises/?x=9")
    assert answer["Location"] == "/enterprises/?x=9"
    assert len(exports(register)) == operations.MOST_UNFINISHED


def test_the_file_is_for_who_asked_alone(register: House) -> None:
    export = asked(register)
    work(register, export)
    for name in (
        "chief",
        "supervisor",
        "officer_second",
        "operator",
        "security_manager",
        "officer_elsewhere",
    ):
        client = register.client(name)
        for path in ("", "progress/", "file/"):
            assert client.get(f"/people/downloads/{export.pk}/{path}").status_code == 404, name


def test_whoever_loses_the_role_loses_the_file(register: House) -> None:
    export, client = asked(register), register.client("officer")
    work(register, export)
    grant = RoleGrant.objects.get(pk=export.grant_id)
    chief = register.actor("chief")
    with station_scope(chief.scope()):
        revoke_role(actor=chief, grant_id=grant.pk, reason="left")
    assert file_of(client, export).status_code in (302, 403, 404)


def test_nothing_is_made_for_a_role_that_was_revoked(register: House) -> None:
    export = asked(register)
    RoleGrant.objects.filter(pk=export.grant_id).update(revoked_at=timezone.now())
    work(register, export)
    assert exports(register) == []


def test_a_list_that_is_closed_to_the_role_is_not_handed_out(
    register: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, client = asked(register), register.client("officer")
    work(register, export)
    monkeypatch.setattr("foundation.people.views.downloads.is_allowed", lambda actor, path: False)
    assert file_of(client, export).status_code == 404


def test_a_killed_worker_is_followed_by_another(
    register: House, monkeypatch: pytest.MonkeyPatch, quiet: list[Any]
) -> None:
    export = asked(register)
    with station_scope(register.actor("officer").scope()):
        assert operations._take(export) == 1
    work(register, export)  # another holds it
    assert exports(register)[0].state == ExportState.RUNNING
    tasks.sweep()
    assert quiet == []
    with time_machine.travel(timezone.now() + operations.LEASE + dt.timedelta(seconds=1), tick=False):
        tasks.sweep()
        assert quiet == [(register.city.bureau.pk, export.pk)]
        work(register, export)
        assert exports(register)[0].state == ExportState.READY
        with station_scope(register.actor("officer").scope()), pytest.raises(operations.Superseded):
            operations._hold(export, 1, done=1)  # the first one was only slow
    assert parts(register) == 1
    assert codes_of(register, "officer") == ["export.ready"]


def test_after_three_workers_it_fails_with_a_notice(register: House) -> None:
    export = asked(register)
    with station_scope(register.actor("officer").scope()):
        Export.objects.update(attempts=operations.MOST_ATTEMPTS)
    work(register, export)
    assert exports(register)[0].state == ExportState.FAILED
    assert codes_of(register, "officer") == ["export.failed"]
    page = register.client("officer").get(f"/people/downloads/{export.pk}/").content.decode()
    assert "could not be made" in page


def test_an_error_is_told_at_once(register: House, monkeypatch: pytest.MonkeyPatch) -> None:
    export = asked(register)

    def broken(*_arguments: Any) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(operations, "_store", broken)
    with pytest.raises(OSError, match="full"):
        work(register, export)
    assert codes_of(register, "officer") == ["export.failed"]
    assert [each.action for each in log_of(register.city) if each.action == "export.take_away"] == []


def test_it_is_kept_for_a_day(register: House) -> None:
    export, client = asked(register), register.client("officer")
    work(register, export)
    with time_machine.travel(timezone.now() + operations.KEPT + dt.timedelta(minutes=1), tick=False):
        assert file_of(client, export).status_code in (302, 404)
        tasks.sweep()
    assert exports(register) == []
    assert parts(register) == 0


def test_the_language_is_that_of_who_asked(register: House) -> None:
    client = register.client("officer")
    client.cookies["anqi_language"] = "zh-hans"
    export = asked(register, client)
    work(register, export)
    content = b"".join(file_of(client, export).streaming_content)
    assert rows_of(content)[0][0] == "企业"


@pytest.mark.drill
@pytest.mark.usefixtures("vacuumed")
def test_two_thousand_and_one_rows(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(operations, "MOST_AT_ONCE", 2_000)
    EnterpriseFactory.create_batch(2_000, station=house.city.first)
    export = asked(house)
    work(house, export)
    content = b"".join(file_of(house.client("officer"), export).streaming_content)
    assert len(rows_of(content)) == 2_002
