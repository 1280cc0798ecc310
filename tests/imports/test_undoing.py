"""An import undone as a whole, while nothing builds on it."""

from typing import Any
from unittest.mock import Mock

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from disputes.models import Dispute
from enterprises.models import Enterprise
from enterprises.operations import edit_enterprise, hand_over
from foundation.accounts.access import WrongState
from foundation.accounts.actors import system_actor
from foundation.accounts.choices import Role
from foundation.accounts.models import Bureau
from foundation.accounts.operations import grant_role, revoke_role
from foundation.tenancy.scope import station_scope
from imports.choices import RowState, UploadState
from imports.models import ImportedRecord, Upload
from imports.operations import taking_over, uploads
from imports.operations.undoing import BuiltOn, undo
from imports.staff import views
from inspections.models import Hazard, Inspection
from ratings.choices import EvaluationKind, EvaluationState
from tests.accounts.conftest import House, house, quick_passwords
from tests.factories import (
    CheckInFactory,
    ComplaintFactory,
    EscalationFactory,
    EvaluationFactory,
    HazardCallFactory,
    KeyPositionFactory,
    PaperFactory,
    PartyFactory,
    PenaltyFactory,
    PlannedVisitFactory,
    ReplyFactory,
    ScreeningFactory,
    WayFactory,
)
from tests.imports.sheets import Person
from tests.imports.test_sheets import REGISTER, enterprises

__all__ = ["house", "quick_passwords"]
VISITS = "被检查单位,检查日期,检查类型,检查结果\n清河机械厂,2026-03-02,,合格\n"


@pytest.fixture
def chief(house: House) -> Person:
    return Person(house, "chief")


@pytest.fixture
def written(chief: Person) -> Upload:
    return chief.press("write", chief.confirm(chief.upload(REGISTER), 登记日期="registered_on"))


def test_undone_enterprises_are_gone_and_come_in_again(chief: Person, written: Upload) -> None:
    first = enterprises(chief)["清河机械厂"]
    chief.press("undo", written)
    assert enterprises(chief).keys() == {"Qinghe Foundry"}
    with station_scope(chief.house.actor("supervisor").scope()):
        assert not Enterprise.objects.filter(pk=first.pk).exists()
        assert not ImportedRecord.objects.filter(undone_at=None).exists()
    sheet = chief.press("check", written)
    sheet = chief.press("write", sheet)
    assert sheet.counts[RowState.WRITTEN] == 2
    assert enterprises(chief)["清河机械厂"].pk != first.pk


def test_it_stays_while_somebody_changed_a_record(chief: Person, written: Upload) -> None:
    found = enterprises(chief)["清河机械厂"]
    with station_scope(chief.actor.scope()):
        edit_enterprise(actor=chief.actor, enterprise_id=found.pk, version=1, address="别处 2 号")
        with pytest.raises(BuiltOn, match="清河机械厂"):
            undo(actor=chief.actor, run_id=written.last_run_id)
    assert "清河机械厂" in enterprises(chief)


def test_the_page_of_the_sheet_says_why_it_stays(chief: Person, written: Upload) -> None:
    found = enterprises(chief)["清河机械厂"]
    with station_scope(chief.actor.scope()):
        edit_enterprise(actor=chief.actor, enterprise_id=found.pk, version=1, address="别处 2 号")
    sheet = chief.press("undo", written)
    assert (sheet.state, sheet.run_ids) == (UploadState.READY, written.run_ids)
    assert "清河机械厂" in chief.page(sheet).content.decode().partition('role="alert"')[2][:300]
    assert len(enterprises(chief)) == 3


def test_a_worker_that_is_killed_leaves_everything_and_another_undoes_it(
    chief: Person, written: Upload
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(taking_over, "store_counts", Mock(side_effect=SystemExit))
        with pytest.raises(SystemExit):
            chief.press("undo", written)
    assert len(enterprises(chief)) == 3
    with station_scope(chief.actor.scope()):
        Upload.objects.update(leased_until=timezone.now())
    assert written.pk in uploads.unfinished_in(chief.actor.bureau_id)
    assert chief.work(written.pk).run_ids == []
    assert enterprises(chief).keys() == {"Qinghe Foundry"}


def test_it_waits_until_a_quarter_is_rated(chief: Person, written: Upload) -> None:
    bureau = Bureau.objects.get(pk=chief.actor.bureau_id)
    with station_scope(system_actor(bureau_id=bureau.pk).scope()):
        run = EvaluationFactory(
            bureau=bureau,
            state=EvaluationState.RATING,
            kind=EvaluationKind.REGULAR,
            run=1,
        )
    sheet = chief.press("undo", written)
    assert sheet.run_ids
    assert sheet.failure
    with station_scope(system_actor(bureau_id=bureau.pk).scope()):
        type(run).objects.update(state=EvaluationState.COMPLETE)
    assert chief.press("undo", sheet).run_ids == []


def test_a_long_import_is_undone_by_a_command(
    chief: Person, written: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor = Person(chief.house, "supervisor")
    number, code = written.last_run_id, Bureau.objects.get(pk=chief.actor.bureau_id).code
    monkeypatch.setattr(views, "MOST_UNDONE", 1)
    url = reverse("imports:undo", args=[number])
    answer = supervisor.client.post(url, {"acting": supervisor.actor.grant_id}, follow=True)
    assert f"undo_import {number}" in answer.content.decode()
    assert len(enterprises(chief)) == 3
    with pytest.raises(CommandError, match="no import"):
        call_command("undo_import", number + 1, bureau=code)
    call_command("undo_import", number, bureau=code)
    assert enterprises(chief).keys() == {"Qinghe Foundry"}
    with pytest.raises(CommandError, match="left to undo"):
        call_command("undo_import", number, bureau=code)


def test_it_stays_while_people_of_an_enterprise_have_a_role(chief: Person, written: Upload) -> None:
    firm = enterprises(chief)["清河机械厂"]
    with station_scope(chief.actor.scope()):
        grant = grant_role(
            actor=chief.actor,
            user_id=chief.house.people["security_manager"].pk,
            role=Role.SECURITY_MANAGER,
            enterprise_id=firm.pk,
        )
        with pytest.raises(BuiltOn, match="清河机械厂"):
            undo(actor=chief.actor, run_id=written.last_run_id)
        revoke_role(actor=chief.actor, grant_id=grant.pk, reason="A mistake")
        assert undo(actor=chief.actor, run_id=written.last_run_id) == 2


def test_what_was_imported_later_is_named_and_undone_first(chief: Person, written: Upload) -> None:
    visits = chief.confirm(chief.upload(VISITS, kind="inspection"))
    visits = chief.press("write", visits)
    with station_scope(chief.actor.scope()), pytest.raises(BuiltOn, match="清河机械厂"):
        undo(actor=chief.actor, run_id=written.last_run_id)
    chief.press("undo", visits)
    with station_scope(chief.actor.scope()):
        visit = Inspection.objects.get()
        assert visit.voided_at is not None
        assert visit.external_key == ""
        assert undo(actor=chief.actor, run_id=written.last_run_id) == 2
        with pytest.raises(WrongState, match="left to undo"):
            undo(actor=chief.actor, run_id=written.last_run_id)


@pytest.mark.parametrize(
    "factory", [CheckInFactory, KeyPositionFactory, PlannedVisitFactory, ScreeningFactory]
)
def test_it_stays_while_anything_was_written_about_an_enterprise(
    chief: Person, written: Upload, factory: Any
) -> None:
    firm = enterprises(chief)["清河机械厂"]
    factory(enterprise=firm)
    with station_scope(chief.actor.scope()), pytest.raises(BuiltOn, match="清河机械厂"):
        undo(actor=chief.actor, run_id=written.last_run_id)
    assert "清河机械厂" in enterprises(chief)


BESIDE: list[tuple[str, str, Any]] = [
    ("dispute", "party", lambda row: PartyFactory(enterprise=row.enterprise, dispute=row)),
    ("dispute", "way", lambda row: WayFactory(enterprise=row.enterprise, dispute=row)),
    ("hazard", "call", lambda row: HazardCallFactory(enterprise=row.enterprise, record_id=row.pk)),
    ("hazard", "paper", lambda row: PaperFactory(enterprise=row.enterprise, records={"hazard": [row.pk]})),
    ("hazard", "penalty", lambda row: PenaltyFactory(enterprise=row.enterprise, hazard_id=row.pk)),
    ("inspection", "reply", lambda row: ReplyFactory(enterprise=row.enterprise, inspection=row)),
    ("inspection", "complaint", lambda row: ComplaintFactory(enterprise=row.enterprise, inspection=row)),
    ("inspection", "check-in", lambda row: CheckInFactory(enterprise=row.enterprise, inspection=row)),
]
SHEETS = {
    "inspection": (VISITS, Inspection),
    "dispute": ("涉事单位,纠纷类型,受理日期,纠纷内容\n清河机械厂,欠薪,2026-03-02,工资\n", Dispute),
    "hazard": ("隐患单位,发现日期,隐患内容,整改时限\n清河机械厂,2026-03-02,堵了通道,2026-03-20\n", Hazard),
}


@pytest.mark.parametrize(("kind", "beside", "write"), BESIDE, ids=[f"{one}-{two}" for one, two, _ in BESIDE])
def test_it_stays_while_anything_stands_beside_a_record(
    chief: Person, written: Upload, kind: str, beside: str, write: Any
) -> None:
    content, model = SHEETS[kind]
    sheet = chief.press("write", chief.confirm(chief.upload(content, kind=kind)))
    with station_scope(chief.actor.scope()):
        row = model._default_manager.select_related("enterprise").get()
    write(row)
    with station_scope(chief.actor.scope()), pytest.raises(BuiltOn, match="清河机械厂"):
        undo(actor=chief.actor, run_id=sheet.last_run_id)
    with station_scope(chief.actor.scope()):
        assert model._default_manager.get().voided_at is None


def test_what_the_system_wrote_by_itself_is_in_nobodys_way(chief: Person, written: Upload) -> None:
    content, model = SHEETS["hazard"]
    sheet = chief.press("write", chief.confirm(chief.upload(content, kind="hazard")))
    with station_scope(chief.actor.scope()):
        row = model._default_manager.select_related("enterprise").get()
    EscalationFactory(enterprise=row.enterprise, record_id=row.pk)
    with station_scope(chief.actor.scope()):
        assert undo(actor=chief.actor, run_id=sheet.last_run_id) == 1
        assert undo(actor=chief.actor, run_id=written.last_run_id) == 2


def test_what_was_handed_over_is_not_taken_back(chief: Person, written: Upload) -> None:
    firm = enterprises(chief)["清河机械厂"]
    with station_scope(chief.actor.scope()):
        hand_over(
            actor=chief.actor,
            enterprise_id=firm.pk,
            to_station_id=chief.house.city.second.pk,
            reason="Moved",
            on=timezone.localdate(),
        )
        with pytest.raises(WrongState, match="handed over"):
            undo(actor=chief.actor, run_id=written.last_run_id)
        assert not ImportedRecord.objects.exclude(undone_at=None).exists()


def test_an_undone_fact_comes_in_again(chief: Person, written: Upload) -> None:
    visits = chief.press("write", chief.confirm(chief.upload(VISITS, kind="inspection")))
    chief.press("undo", visits)
    again = chief.confirm(chief.upload(VISITS, kind="inspection"))
    assert chief.rows(again)[2].state == RowState.NEW


def test_undone_rows_are_hidden_by_the_database(chief: Person, written: Upload) -> None:
    chief.press("undo", written)
    with station_scope(chief.actor.scope()), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM enterprises_enterprise WHERE undone_at IS NOT NULL")
        assert cursor.fetchone()[0] == 0


def test_a_supervisor_undoes_an_import_of_the_bureau(chief: Person, written: Upload) -> None:
    supervisor = Person(chief.house, "supervisor")
    page = reverse("imports:report", args=[written.last_run_id])
    assert "Undo this import" in supervisor.client.get(page).content.decode()
    undone = supervisor.client.post(
        reverse("imports:undo", args=[written.last_run_id]), {"acting": supervisor.actor.grant_id}
    )
    assert undone["Location"] == page
    assert enterprises(chief).keys() == {"Qinghe Foundry"}
    assert "Undo this import" not in supervisor.client.get(page).content.decode()
    with station_scope(supervisor.actor.scope()), pytest.raises(WrongState, match="left to undo"):
        undo(actor=supervisor.actor, run_id=written.last_run_id)


def test_a_record_says_again_what_it_said_before(chief: Person, written: Upload) -> None:
    changed = REGISTER.replace("学院路1号", "学院路9号").replace("张建国 13800000731", "赵明 13800000732")
    sheet = chief.confirm(chief.upload(changed), 登记日期="registered_on")
    sheet = chief.press("choose", sheet, all="changed", choice="update")
    sheet = chief.press("write", sheet)
    assert sheet.counts[RowState.WRITTEN] == 1
    assert enterprises(chief)["清河机械厂"].phone == "13800000732"
    sheet = chief.press("undo", sheet)
    found = enterprises(chief)["清河机械厂"]
    assert (found.address, found.phone, found.legal_representative) == ("学院路1号", "13800000731", "张建国")
    assert chief.rows(sheet)[3].state == RowState.UNCHECKED
    sheet = chief.press("check", sheet)
    assert chief.rows(sheet)[3].state == RowState.CHANGED


def test_an_update_stays_while_somebody_changed_the_record_or_nobody_knows_it(
    chief: Person, written: Upload
) -> None:
    sheet = chief.confirm(chief.upload(REGISTER.replace("学院路1号", "学院路9号")), 登记日期="registered_on")
    sheet = chief.press("write", chief.press("choose", sheet, row=3, choice="update"))
    found = enterprises(chief)["清河机械厂"]
    with station_scope(chief.actor.scope()):
        edit_enterprise(actor=chief.actor, enterprise_id=found.pk, version=found.version, phone="")
        with pytest.raises(BuiltOn, match="清河机械厂"):
            undo(actor=chief.actor, run_id=sheet.last_run_id)
    supervisor = Person(chief.house, "supervisor")
    chief.client.post(reverse("imports:sheet_delete", args=[sheet.pk]), {"acting": chief.actor.grant_id})
    with station_scope(supervisor.actor.scope()), pytest.raises(WrongState, match="not kept"):
        undo(actor=supervisor.actor, run_id=sheet.last_run_id)


def test_a_fact_says_again_what_it_said_before(chief: Person, written: Upload) -> None:
    visits = VISITS.replace("检查日期", "检查编号,检查日期").replace("2026-03-02", "V1,2026-03-02")
    chief.press("write", chief.confirm(chief.upload(visits, kind="inspection")))
    later = chief.confirm(chief.upload(visits.replace("2026-03-02", "2026-03-04"), kind="inspection"))
    later = chief.press("write", chief.press("choose", later, row=2, choice="update"))
    with station_scope(chief.actor.scope()):
        assert str(Inspection.objects.get().inspected_on) == "2026-03-04"
    chief.press("undo", later)
    with station_scope(chief.actor.scope()):
        visit = Inspection.objects.get()
    assert (str(visit.inspected_on), visit.voided_at) == ("2026-03-02", None)
