"""The audit log is sealed as it was committed, and whatever does not fit is named."""

import contextlib
import json
from collections.abc import Iterator
from io import StringIO
from typing import Any

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections, transaction
from structlog.testing import capture_logs

from foundation.accounts import auditing, sealing
from foundation.accounts.actors import system_actor
from foundation.accounts.models import AuditEntry, AuditLink, AuditSeal, AuditValue, Bureau
from foundation.accounts.sealing import SEALER
from foundation.tenancy.scope import station_scope
from tests.factories import BureauFactory, UserFactory
from tests.waiting import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owner(transactional_db: None) -> Iterator[Any]:
    """Whoever owns the tables can do anything, as a superuser or a stolen backup could."""
    parameters = connections["owner"].get_connection_params()
    kept = {name: parameters[name] for name in ("host", "port", "user", "password", "dbname")}
    with contextlib.closing(psycopg2.connect(**kept)) as made:
        made.autocommit = True
        with made.cursor() as cursor:
            for table in ("entry", "value", "link", "seal"):
                cursor.execute(f"ALTER TABLE accounts_audit{table} NO FORCE ROW LEVEL SECURITY")
            yield cursor.execute
            for table in ("entry", "value", "link", "seal"):
                cursor.execute(f"ALTER TABLE accounts_audit{table} FORCE ROW LEVEL SECURITY")


def act(bureau: Bureau, action: str, **more: Any) -> None:
    actor = system_actor(bureau_id=bureau.pk)
    auditing.record(actor=actor, action=action, target=bureau, **more)


def seal(number: int) -> None:
    """Seal until so many entries are sealed.

    The transaction of a test in another database of the same server holds it up; the longest are drills of minutes.
    """
    sealed = 0

    def all_sealed() -> bool:
        nonlocal sealed
        sealed += sealing.seal_log()
        return sealed >= number

    wait_until(all_sealed, seconds=200, what=f"{number} entries are sealed")
    assert sealed == number


def entries() -> dict[str, AuditEntry]:
    with station_scope(SEALER):
        return {entry.action: entry for entry in AuditEntry.objects.order_by("id")}


@pytest.fixture
def sealed(owner: Any) -> Bureau:
    """Three entries of a bureau and one of another, in two seals."""
    bureau, other = BureauFactory(), BureauFactory()
    act(bureau, "one")
    act(bureau, "two")
    seal(2)
    act(bureau, "three")
    act(other, "four")
    seal(2)
    assert sealing.verify_log() == []
    return bureau


def test_what_waits_is_sealed_once(sealed: Bureau) -> None:
    assert sealing.seal_log() == 0
    with station_scope(SEALER):
        assert AuditSeal.objects.count() >= 2
        assert list(AuditLink.objects.filter(bureau_id=sealed.pk).values_list("number", flat=True)) == [
            1,
            2,
            3,
        ]


def test_a_later_commit_with_a_smaller_number_is_sealed_too(owner: Any) -> None:
    """Commits do not follow numbers: sealing up to the greatest number would leave this entry out for ever."""
    bureau = BureauFactory()
    slow = connection.copy()
    try:
        slow.set_autocommit(False)
        with slow.cursor() as cursor:
            cursor.execute(
                "INSERT INTO accounts_auditentry (bureau_id, station_id, enterprise_id, action, object_type,"
                " object_id, object_label, reason, before, after)"
                " VALUES (%s, 0, 0, 'slow', '', 0, '', '', '{}', '{}')",
                [bureau.pk],
            )
        act(bureau, "fast")
        assert sealing.seal_log() == 0, "while a transaction of its time runs"
        slow.commit()
    finally:
        slow.close()
    seal(2)
    found = entries()
    assert found["slow"].pk < found["fast"].pk
    assert sealing.verify_log() == []


FORGERIES = {
    "changed": (
        "UPDATE accounts_auditentry SET reason = 'other' WHERE action = 'two'",
        "two",
        "not what was sealed",
    ),
    "redated": (
        "UPDATE accounts_auditentry SET at = '2020-01-01' WHERE action = 'two'",
        "two",
        "not what was",
    ),
    "moved": (
        "UPDATE accounts_auditentry SET bureau_id = 0 WHERE action = 'two'",
        "two",
        "not what was sealed",
    ),
    "removed": ("DELETE FROM accounts_auditentry WHERE action = 'one'", "one", "is missing"),
    "unlinked": ("DELETE FROM accounts_auditlink WHERE number = 2", "three", "are missing"),
    "cut off": ("DELETE FROM accounts_auditlink WHERE number = 3", "", "of which 1 are missing"),
}


@pytest.mark.parametrize(
    "forgery",
    [
        pytest.param(each, marks=() if each in ("moved", "cut off") else pytest.mark.drill)
        for each in FORGERIES
    ],
)
def test_the_first_entry_that_does_not_fit_is_named(sealed: Bureau, owner: Any, forgery: str) -> None:
    statement, action, what = FORGERIES[forgery]
    known = entries()
    owner(statement)
    with pytest.raises(CommandError) as refused:
        call_command("audit", "verify")
    first = str(refused.value).splitlines()[0]
    assert what in first
    assert first.startswith(f"Log of bureau {sealed.pk}: ")
    if action and forgery != "unlinked":
        assert f"entry {known[action].pk} " in first


def test_whoever_writes_all_links_anew_contradicts_the_seals(sealed: Bureau, owner: Any) -> None:
    with capture_logs() as logs:
        act(sealed, "five")
        seal(1)
    (last,) = (line for line in logs if line["event"] == "audit log sealed")
    assert last["entries"] == 1
    owner("UPDATE accounts_auditentry SET reason = 'other' WHERE action = 'one'")
    owner("DELETE FROM accounts_auditlink; DELETE FROM accounts_auditseal")
    seal(5)
    assert sealing.verify_log() == [], "all of it was forged, by the owner of the tables"
    noted = f"{last['seal']}:{last['digest']}"
    with pytest.raises(CommandError, match=f"seal {last['seal']} (is missing|has another digest)"):
        call_command("audit", "verify", "--seal", noted)


def test_personal_values_stand_aside_and_can_be_erased(owner: Any) -> None:
    person = UserFactory(full_name="李为民", phone="13800138000")
    with transaction.atomic():
        auditing.record(
            actor=system_actor(bureau_id=0),
            action="user.create",
            target=person,
            after=auditing.snapshot(person),
            place=(0, 0),
        )
    seal(1)
    with station_scope(SEALER):
        (entry,) = AuditEntry.objects.all()
        stored = json.dumps(entry.after, ensure_ascii=False)
        values = set(AuditValue.objects.values_list("value", flat=True))
    assert "李为民" not in stored
    assert "13800138000" not in stored
    assert values >= {"李为民", "13800138000", person.username}
    with station_scope(SEALER):
        auditing.reveal([entry])
    assert entry.after["phone"] == "13800138000"
    out = StringIO()
    call_command("audit", "erase", "user", str(person.pk), "--reason", "Asked by the person", stdout=out)
    assert out.getvalue() == f"Erased {len(values)} values.\n"
    with station_scope(SEALER):
        assert not AuditValue.objects.exists()
        shown = AuditEntry.objects.get(pk=entry.pk)
        auditing.reveal([shown])
    assert shown.after["phone"] == "(erased)"
    seal(1)  # the erasure is an entry
    assert sealing.verify_log() == []


def test_another_personal_value_does_not_fit_its_commitment(owner: Any) -> None:
    person = UserFactory(full_name="李为民")
    auditing.record(
        actor=system_actor(bureau_id=0),
        action="user.create",
        target=person,
        after={"full_name": person.full_name},
        place=(0, 0),
    )
    seal(1)
    owner("UPDATE accounts_auditvalue SET value = '\"王伟\"'")
    (misfit,) = sealing.verify_log()
    assert "personal value" in misfit.what


def test_entries_of_earlier_versions_are_sealed_as_they_stand(owner: Any) -> None:
    bureau = BureauFactory()
    act(bureau, "old")
    owner("""UPDATE accounts_auditentry SET transaction = NULL, after = '{"phone": "13800138000"}'""")
    seal(1)
    assert sealing.verify_log() == []
    owner("""UPDATE accounts_auditentry SET after = '{"phone": "13900139000"}'""")
    (misfit,) = sealing.verify_log()
    assert misfit.what == "is not what was sealed"


def test_a_database_restored_elsewhere_is_sealed_further(owner: Any) -> None:
    """Its transactions may have numbers that the other server has not reached."""
    act(BureauFactory(), "restored")
    owner("UPDATE accounts_auditentry SET transaction = '4000000000'")
    seal(1)
