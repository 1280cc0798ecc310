"""Kinds of disputes as data of a bureau: what it adds is offered and read everywhere, what it retires stays on its records."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction

from disputes import kind_operations as kinds
from disputes.kinds import kind_on_paper
from disputes.models import Dispute, KindOfDispute
from disputes.operations import correct_dispute
from disputes.reporting.answering import take_on
from foundation.accounts.access import NotAllowed
from foundation.accounts.models import AuditEntry
from foundation.contributions.sheets import targets
from foundation.tenancy.scope import station_scope
from imports.choices import RowState
from imports.contents import meant
from tests.accounts.conftest import House, house, quick_passwords
from tests.factories import DisputeFactory, EnterpriseFactory, EnterpriseReportFactory
from tests.facts.people import Person, ago, ahead, chief, manager, officer, supervisor
from tests.fixtures import City, scope_of
from tests.imports.sheets import Person as Importer

__all__ = ["house", "quick_passwords"]
pytestmark = pytest.mark.django_db


def words(person: Person, name: str, *args: Any, language: str = "en", **query: Any) -> str:
    person.client.cookies["anqi_language"] = language
    page = person.get(name, *args, **query)
    assert page.status_code == 200, page.status_code
    text: str = page.content.decode()
    return text


def test_a_kind_that_a_bureau_adds_is_offered_recorded_found_and_printed(city: City) -> None:
    boss, police, own = supervisor(city.bureau), officer(city.first), EnterpriseFactory(station=city.first)
    sent = boss.post("disputes:kind_create", name="旅游合同", name_en="", after="contract")
    assert sent.status_code == 302, sent.context["form"].errors
    with station_scope(boss.actor.scope()):
        code = KindOfDispute.objects.get(name="旅游合同").code
    assert words(boss, "disputes:kinds").index("旅游合同") < words(boss, "disputes:kinds").index("Injury")
    assert "旅游合同" in words(manager(own), "disputes:own_report_create")
    assert "旅游合同" in words(police, "disputes:create")
    for wrong in ("own999", "holiday"):
        refused = police.post(
            "disputes:create",
            enterprise=own.pk,
            summary="A tour that never left",
            kind=wrong,
            opened_on=ago(3),
        )
        assert refused.status_code == 422
        assert "kind" in refused.context["form"].errors
    done = police.post(
        *("disputes:create",),
        enterprise=own.pk,
        summary="A tour that never left",
        kind=code,
        opened_on=ago(3),
        due_on=ahead(9),
    )
    assert done.status_code == 302, done.context["form"].errors
    with scope_of(city.first, city.second):
        dispute = Dispute.objects.get()
        assert (dispute.kind, kind_on_paper(code)) == (code, "旅游合同")
    for name, args in (("disputes:list", ()), ("disputes:detail", (dispute.pk,)), ("disputes:board", ())):
        assert "旅游合同" in words(police, name, *args), name
    assert "旅游合同" in words(police, "desk:file", own.pk)
    assert "旅游合同" in words(chief(city.first), "disputes:picture")
    assert words(police, "disputes:list", kind=code).count("A tour that never left") > 0
    assert words(police, "disputes:list", kind="contract").count("A tour that never left") == 0
    unknown = police.get("disputes:list", kind="own999")
    assert unknown.context_data["invalid"]
    # another bureau has no such kind: its pages offer none, and its filter refuses the code
    stranger = officer(city.elsewhere)
    assert "旅游合同" not in words(stranger, "disputes:create")
    assert stranger.get("disputes:list", kind=code).context_data["invalid"]
    # a name in English, too, once it is known: shown by language
    with station_scope(boss.actor.scope()):
        kinds.change_kind(
            actor=boss.actor, code=code, version=1, name="旅游合同", name_en="Package tours", after=""
        )
    assert "Package tours" in words(police, "disputes:detail", dispute.pk)
    assert "旅游合同" in words(police, "disputes:detail", dispute.pk, language="zh-hans")
    assert words(boss, "disputes:kinds").index("Package tours") < words(boss, "disputes:kinds").index("Wages")


def test_a_retired_kind_is_offered_no_more_and_stays_on_its_records(city: City) -> None:
    boss, police, own = supervisor(city.bureau), officer(city.first), EnterpriseFactory(station=city.first)
    with scope_of(city.first, city.second):
        old = DisputeFactory(enterprise=own, kind="land", summary="The wall behind the yard")
        told = EnterpriseReportFactory(enterprise=own, kind="land")
    assert boss.post("disputes:kind_retire", "land", version=1).status_code == 302
    assert "No longer in use" in words(boss, "disputes:kinds")
    assert 'value="land"' not in words(police, "disputes:create")
    assert 'value="land"' not in words(manager(own), "disputes:own_report_create")
    new = {"enterprise": own.pk, "summary": "Another wall", "opened_on": ago(3)}
    refused = police.post("disputes:create", **new, kind="land")
    assert refused.status_code == 422
    assert "kind" in refused.context["form"].errors
    # what has it: read, found, corrected, and a report that was told before becomes a dispute
    assert "Land" in words(police, "disputes:detail", old.pk)
    assert "The wall behind the yard" in words(police, "disputes:list", kind="land")
    assert 'value="land" selected' in words(police, "disputes:correct", old.pk)
    police.act(
        correct_dispute, id=old.pk, version=1, reason="The wall was named", kind="land", place="Yard 2"
    )
    other = police.act(correct_dispute, id=old.pk, version=2, reason="It is wages", kind="wages")
    with pytest.raises(ValidationError, match="no longer in use"):
        police.act(correct_dispute, id=old.pk, version=other.version, reason="No, land", kind="land")
    police.act(take_on, id=told.pk, into=None, summary="A wall", opened_on=told.told_on, due_on=ahead(9))
    with scope_of(city.first, city.second):
        assert Dispute.objects.get(summary="A wall").kind == "land"
    assert boss.post("disputes:kind_resume", "land").status_code == 302
    assert 'value="land"' in words(police, "disputes:create")
    # somebody else saw it before
    late = boss.post("disputes:kind_retire", "land", version=2)
    assert late.status_code == 422
    assert police.get("disputes:kinds").status_code == 403
    with pytest.raises(NotAllowed):
        police.act(kinds.add_kind, name="不该有")


def test_a_kind_that_was_retired_a_moment_ago_is_refused_though_pages_still_offer_it(city: City) -> None:
    """Pages keep the kinds for a minute; a record asks the rows."""
    boss, police, own = supervisor(city.bureau), officer(city.first), EnterpriseFactory(station=city.first)
    retired = boss.act(kinds.retire_kind, code="land", version=None)
    boss.act(kinds.resume_kind, code="land")
    assert 'value="land"' in words(police, "disputes:create"), "it is kept from now on"
    with station_scope(boss.actor.scope()):  # as by a process whose message to the cache was lost
        KindOfDispute.objects.filter(pk=retired.pk).update(retired_on=retired.retired_on)
    assert 'value="land"' in words(police, "disputes:create"), "it is kept still"
    new = {"enterprise": own.pk, "summary": "Another wall", "opened_on": ago(3), "due_on": ahead(9)}
    refused = police.post("disputes:create", **new, kind="land")
    assert "no longer in use" in str(refused.context["form"].errors["kind"])
    answer = manager(own).post(
        "disputes:own_report_create", about="dispute", kind="land", said="A wall", phone="1"
    )
    assert "no longer in use" in str(answer.context["form"].errors["kind"])


def test_a_kind_that_stays_as_it_is_makes_no_entry_in_the_log(city: City) -> None:
    boss = supervisor(city.bureau)
    code = boss.act(kinds.add_kind, name="旅游", name_en="Tourism", after="contract").code

    def entries() -> int:
        with station_scope(boss.actor.scope()):
            return AuditEntry.objects.count()

    before = entries()
    for same in (
        {"code": code, "name": "旅游", "name_en": "Tourism", "after": "contract"},
        {"code": "wages"},
    ):
        with pytest.raises(ValidationError, match="Nothing was changed"):
            boss.act(kinds.change_kind, version=None, **same)
    with station_scope(boss.actor.scope()):
        assert not KindOfDispute.objects.filter(code="wages").exists(), "nor a row of what stays as it comes"
        assert KindOfDispute.objects.get(code=code).version == 1
    assert entries() == before


def test_names_are_one_each_and_the_last_kind_stays(city: City) -> None:
    boss = supervisor(city.bureau)
    for name, name_en in (("", " "), ("欠薪", ""), ("", "Wages"), ("", "WAGES"), ("……", ""), ("x" * 41, "")):
        with pytest.raises(ValidationError):
            boss.act(kinds.add_kind, name=name, name_en=name_en)
    with pytest.raises(ValidationError):
        boss.act(kinds.add_kind, name="旅游", after="own9")
    made = boss.act(kinds.add_kind, name="旅游", name_en="Tourism")
    assert made.code == "own1"
    with pytest.raises(ValidationError):
        boss.act(kinds.add_kind, name="Tourism")
    with station_scope(boss.actor.scope()):
        codes = [each.code for each in kinds.list_kinds(boss.actor)]
    assert codes[0] == "own1"
    for code in codes[1:]:
        boss.act(kinds.retire_kind, code=code, version=None)
    assert boss.post("disputes:kind_retire", "own1", version=1).status_code == 422


def test_a_sheet_names_kinds_as_the_bureau_does_and_an_unknown_one_is_refused_in_its_row(
    house: House,
) -> None:
    boss = Importer(house, "supervisor")
    with station_scope(boss.actor.scope()):
        code = kinds.add_kind(actor=boss.actor, name="旅游合同", name_en="Package tours").code
        kinds.retire_kind(actor=boss.actor, code="land", version=1)
    name = house.enterprise.name
    lines = [
        f"{name},{kind},2026-05-{day:02},第{day}件"
        for day, kind in enumerate(("旅游合同", "package tours", code, "土地", "度假"), 1)
    ]
    sheet = boss.upload("单位名称,纠纷类型,受理时间,纠纷内容\n" + "\n".join(lines), kind="dispute")
    sheet = boss.confirm(sheet)
    rows = boss.rows(sheet)
    states = [rows[number].state for number in sorted(rows)]
    assert states.count(RowState.REFUSED) == 1, [(each.state, each.__dict__) for each in rows.values()]


def test_a_change_that_is_rolled_back_reaches_nobody(city: City) -> None:
    boss = supervisor(city.bureau)
    with transaction.atomic(), station_scope(boss.actor.scope()):
        kinds.add_kind(actor=boss.actor, name="旅游")
        assert "旅游" in [each.name for each in kinds.list_kinds(boss.actor)]
        transaction.set_rollback(True)
    assert "旅游" not in words(boss, "disputes:kinds")


def test_words_of_a_register_propose_kinds_in_use_and_yield_to_own_ones(city: City) -> None:
    boss, target = supervisor(city.bureau), targets["dispute"]

    def proposed(text: str) -> str:
        with station_scope(boss.actor.scope()):
            return meant(target, "kind", text)

    assert (proposed("工伤赔偿纠纷"), proposed("征地补偿")) == ("injury", "land")
    own = boss.act(kinds.add_kind, name="工伤赔偿")
    boss.act(kinds.retire_kind, code="land", version=None)
    assert (proposed("工伤赔偿纠纷"), proposed("工伤")) == (own.code, "injury")
    assert proposed("征地补偿") == ""
