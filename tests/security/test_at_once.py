"""The same act from several clients at the same instant: real threads, real transactions, one effect."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connections
from django.http import Http404
from django.test import Client
from django.urls import reverse

from deliveries.choices import AuditAction
from deliveries.models import Receipt
from deliveries.operations import acknowledge, give_feedback
from disputes.models import Dispute
from enterprises.models import Enterprise
from facts.models import FactStep
from facts.operations import lock_enterprise
from facts.steps import replay
from foundation.accounts import operations
from foundation.accounts.access import WrongState
from foundation.accounts.choices import Role
from foundation.accounts.models import AuditEntry, RoleGrant
from foundation.tenancy.scope import station_scope
from imports.operations.undoing import undo
from imports.operations.writing import Writer
from inspections import operations as inspections
from inspections.models import Hazard, Inspection
from tests.accounts.conftest import House, house, quick_passwords  # noqa: F401
from tests.deliveries.conftest import Line
from tests.deliveries.receivers import receiving
from tests.factories import BureauFactory, EnterpriseFactory, HazardFactory, InspectionFactory
from tests.facts.people import DISPUTE, ago, ahead, chief, log, officer, rows, today
from tests.fixtures import City
from tests.imports.sheets import Person
from tests.imports.test_sheets import REGISTER
from tests.imports.test_undoing import VISITS
from tests.waiting import patience

pytestmark = [pytest.mark.django_db(transaction=True)]
THREADS = 4


def at_once(act: Callable[[int], Any], count: int = THREADS) -> list[Any]:
    """Run ``act`` in all threads at once. Returns the results; an exception is a result, too."""
    start, got = threading.Barrier(count), [None] * count

    def run(number: int) -> None:
        try:
            start.wait(patience(30))
            got[number] = act(number)
        except Exception as error:  # noqa: BLE001
            got[number] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience(60))
    return got


def copies(client: Client) -> list[Client]:
    """Return clients that share one session."""
    made = [Client(raise_request_exception=False) for _number in range(THREADS)]
    for each in made:
        each.cookies = client.cookies
    return made


def test_one_form_sent_four_times_in_one_instant_makes_one_record(city: City) -> None:
    enterprise, person = EnterpriseFactory(station=city.first), officer(city.first)
    data = DISPUTE.valid(enterprise=enterprise.pk, form_key=str(uuid4()))
    browsers = copies(person.client)
    got = at_once(lambda number: browsers[number].post(reverse("disputes:create"), data))
    assert [answer.status_code for answer in got] == [302] * THREADS
    assert len({answer.url for answer in got}) == 1, "all are led to the same record"
    assert len(rows(Dispute, city.first)) == 1
    assert len(log(city.first, action="dispute.create")) == 1


def test_one_credit_code_typed_by_four_makes_one_enterprise(city: City) -> None:
    people = [chief(city.first) for _number in range(THREADS)]
    data = {"credit_code": "91110000600037341L", "since": "always"}
    got = at_once(
        lambda number: people[number].client.post(
            reverse("enterprises:create"), data | {"name": f"Kiln {number}"}
        )
    )
    assert Counter(getattr(answer, "status_code", answer) for answer in got) == {302: 1, 422: THREADS - 1}
    assert len(rows(Enterprise, city.first)) == 1


def test_four_edits_of_the_same_version_save_one(city: City) -> None:
    enterprise, person = EnterpriseFactory(station=city.first), officer(city.first)
    person.client.post(reverse("disputes:create"), DISPUTE.valid(enterprise=enterprise.pk))
    (dispute,) = rows(Dispute, city.first)
    url, browsers = reverse(DISPUTE.correct, args=[dispute.pk]), copies(person.client)

    def edit(number: int) -> Any:
        data = DISPUTE.valid(
            enterprise=enterprise.pk, version=1, reason="A slip of the pen", people=str(20 + number)
        )
        return browsers[number].post(url, data)

    got = at_once(edit)
    codes = Counter(getattr(answer, "status_code", answer) for answer in got)
    assert codes[302] == 1, codes
    assert not [code for code in codes if not isinstance(code, int) or code >= 500]
    (after,) = rows(Dispute, city.first)
    assert after.version == dispute.version + 1
    assert len(log(city.first, object_id=dispute.pk)) == 2, "made and corrected"


ROUNDS = 4
# the state of a hazard, and the two acts that meet: each pair leaves one true history, whichever comes first
MEETING: dict[str, tuple[dict[str, Any], Callable[..., Any], Callable[..., Any]]] = {
    "accept and send back": (
        {"rectified_on": ago(5)},
        partial(inspections.close_hazard),
        partial(inspections.send_back_hazard, reason="Still dark"),
    ),
    "submit and close": (
        {},
        partial(inspections.rectify_hazard, submitted_by="Manager Ma"),
        partial(inspections.close_hazard),
    ),
    "submit and refuse": (
        {},
        partial(inspections.rectify_hazard, submitted_by="Manager Ma"),
        partial(inspections.refuse_hazard, reason="No money"),
    ),
    "reopen twice": (
        {"closed_on": ago(5)},
        partial(inspections.reopen_hazard, reopened_on=today(), due_on=ahead(5), reason="Again"),
        partial(inspections.reopen_hazard, reopened_on=ago(1), due_on=ahead(9), reason="Again"),
    ),
    "accept and reopen": (
        {"rectified_on": ago(5)},
        partial(inspections.close_hazard),
        partial(inspections.reopen_hazard, reopened_on=today(), due_on=ahead(5), reason="Again"),
    ),
}


@pytest.mark.parametrize("name", MEETING)
def test_two_acts_on_one_hazard_leave_one_true_history(name: str, city: City) -> None:
    fields, *acts = MEETING[name]
    people = [officer(city.first).actor for _number in range(2)]
    for _round in range(ROUNDS):
        hazard = HazardFactory(enterprise__station=city.first, found_on=ago(20), due_on=ahead(5), **fields)

        def act(number: int, id: int = hazard.pk) -> None:
            with station_scope(people[number].scope()):
                acts[number](actor=people[number], id=id)

        got = at_once(act, 2)
        assert all(error is None or isinstance(error, WrongState) for error in got), got
        (now,) = [each for each in rows(Hazard, city.first) if each.pk == hazard.pk]
        told = [step for step in rows(FactStep, city.first) if step.record_id == hazard.pk]
        done = got.count(None)
        assert told[0].act == "recorded"
        assert (len(told), now.version) == (1 + done, 1 + done)
        history = replay(Hazard, told)
        assert {day: getattr(now, day) for day in history.days} == history.days
        assert len(now.earlier or []) == len(history.earlier)
        assert len(log(city.first, object_id=hazard.pk)) == done


def test_two_who_judge_one_inspection_do_not_both_pass(city: City) -> None:
    """Each of the two acts is right alone: voiding one of two hazards, concluding, adding a major hazard."""
    people = [chief(city.first).actor for _number in range(2)]
    found = {"item": "Lock", "found_on": ago(3), "due_on": ahead(3), "major": True}
    said: dict[str, Any] = {"version": None, "reason": "So"}
    for number in range(2 * ROUNDS):
        is_empty = number % 2
        visit = InspectionFactory(
            enterprise__station=city.first, inspected_on=ago(3), conclusion="" if is_empty else "rectify"
        )
        made = (
            {}
            if is_empty
            else {each: HazardFactory(enterprise=visit.enterprise, inspection=visit) for each in range(2)}
        )

        def act(number: int, visit: Any = visit, made: Any = made) -> None:
            actor = people[number]
            with station_scope(actor.scope()):
                if made:
                    inspections.void_hazard(actor=actor, id=made[number].pk, **said)
                elif number:
                    inspections.correct_inspection(actor=actor, id=visit.pk, conclusion="qualified", **said)
                else:
                    at = {"enterprise_id": visit.enterprise_id, "inspection": visit}
                    inspections.create_hazard(actor=actor, **at, **found)

        got = at_once(act, 2)
        assert [type(error) for error in got if error] == [ValidationError], got


def test_what_waits_for_an_import_to_be_undone_is_refused(house: House) -> None:  # noqa: F811
    """A record, or a role at an enterprise, that is made while the enterprise is taken back would refer to nothing."""
    chief_ = Person(house, "chief")
    sheet = chief_.press("write", chief_.confirm(chief_.upload(REGISTER), 登记日期="registered_on"))
    scope = chief_.actor.scope()
    with station_scope(scope):
        firm = Enterprise.objects.get(name="清河机械厂")
    manager = house.people["security_manager"]

    def act(number: int) -> None:
        with station_scope(scope):
            at = {"actor": chief_.actor, "enterprise_id": firm.pk}
            if number:
                inspections.create_hazard(**at, item="Lock", found_on=ago(3), due_on=ahead(3))
            else:
                operations.grant_role(**at, user_id=manager.pk, role=Role.SECURITY_MANAGER)

    with ThreadPoolExecutor(1) as pool:
        with station_scope(scope):
            undo(actor=chief_.actor, run_id=sheet.last_run_id)
            waiting = pool.submit(at_once, act, 2)
            time.sleep(1)
            assert not waiting.done(), "both wait for the lock of the enterprise"
        role, hazard = waiting.result()
    assert isinstance(role, WrongState)
    assert isinstance(hazard, Enterprise.DoesNotExist | WrongState | Http404 | ValidationError)
    with station_scope(scope):
        assert not Hazard.objects.exists()
        assert not RoleGrant.objects.filter(enterprise_id=firm.pk).exists()


def test_neither_a_check_nor_an_undoing_stands_in_the_way_of_who_records(
    house: House,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A check of many rows takes minutes, in which people record. Undoing waits for them; none waits for the other."""
    chief_ = Person(house, "chief")
    chief_.press("write", chief_.confirm(chief_.upload(REGISTER), 登记日期="registered_on"))
    scope, at = chief_.actor.scope(), {"actor": chief_.actor}
    with station_scope(scope):
        firm = Enterprise.objects.get(name="清河机械厂")

    def record(_number: int) -> Hazard:
        with station_scope(scope):
            return inspections.create_hazard(
                **at, enterprise_id=firm.pk, item="Lock", found_on=ago(3), due_on=ahead(3)
            )

    write, recorded = Writer.write, []

    def write_and_record(writer: Writer, drafts: list[Any]) -> None:
        write(writer, drafts)
        recorded.extend(at_once(record, 1))

    monkeypatch.setattr(Writer, "write", write_and_record)
    sheet = chief_.confirm(chief_.upload(VISITS, kind="inspection"))
    assert [type(each) for each in recorded] == [Hazard], recorded
    monkeypatch.undo()
    sheet = chief_.press("write", sheet)

    def undo_it(_number: int) -> int:
        with station_scope(scope):
            return undo(**at, run_id=sheet.last_run_id)

    with ThreadPoolExecutor(1) as pool:
        with station_scope(scope):
            visit = Inspection.objects.get()
            lock_enterprise(house.actor("officer"), firm.pk)  # as every act on a record begins
            waiting = pool.submit(at_once, undo_it, 1)
            time.sleep(1)
            inspections.void_inspection(
                actor=house.actor("officer"), id=visit.pk, version=1, reason="Typed at the wrong place"
            )
        (refusal,) = waiting.result()
    assert not isinstance(refusal, DatabaseError), refusal
    with station_scope(scope):
        assert AuditEntry.objects.filter(action="inspection.void").count() == 1


def test_an_invitation_opened_by_four_sets_one_password(house: House) -> None:  # noqa: F811
    token = operations.invite_user(actor=house.actor("chief"), user_id=house.people["officer"].pk)
    url = reverse("accounts:invitation", args=[token])

    def accept(number: int) -> int:
        word = f"river-stone-{number}{number}"
        return Client(raise_request_exception=False).post(url, {"password": word, "again": word}).status_code

    codes = Counter(at_once(accept))
    assert codes[302] == 1
    assert codes.keys() <= {302, 410, 422}
    officer_now = house.people["officer"]
    officer_now.refresh_from_db()
    assert sum(officer_now.check_password(f"river-stone-{number}{number}") for number in range(THREADS)) == 1


def test_a_message_acknowledged_by_four_is_acknowledged_once() -> None:
    with receiving() as receiver:
        line = Line(receiver, BureauFactory())
    line.write()

    def acknowledge_or_answer(number: int) -> None:
        with station_scope(line.officer.scope()):
            if number % 2:
                acknowledge(actor=line.officer, subscription_id=line.pk, sequence=1)
            else:
                give_feedback(
                    actor=line.officer, subscription_id=line.pk, sequence=1, text="Inspected together."
                )

    assert at_once(acknowledge_or_answer) == [None] * THREADS
    with line.scope():
        receipt = Receipt.objects.get()
        actions = Counter(AuditEntry.objects.values_list("action", flat=True))
    assert receipt.acknowledged_at is not None
    assert receipt.feedback == "Inspected together."
    assert actions[AuditAction.GIVE_FEEDBACK] == 1
    assert actions[AuditAction.ACKNOWLEDGE_MESSAGE] <= 1
