"""Every entry of the audit log is in the reader's language, whatever language the act was done in."""

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.db import models
from django.db.models import Model
from django.urls import reverse
from django.utils import translation

from enterprises import operations as register
from enterprises.choices import InactiveReason
from enterprises.models import Enterprise
from foundation.accounts import audit_words, auditing
from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.models import AuditEntry, Department
from foundation.contributions.audit import Kind, kinds
from foundation.tenancy.scope import station_scope
from inspections.models import Inspection
from ratings.operations.standards import adopt_standard, publish_standard, shipped_standards
from tests.accounts.conftest import House
from tests.factories import EnterpriseFactory

LOG = "accounts:audit"
LANGUAGES = [code for code, _name in settings.LANGUAGES]
ACTOR = Actor(user_id=1, name="Wang", role="officer", bureau_id=1, stations=(1,))


def example(model: type[Model]) -> Model:
    """An unsaved object with a value in each field that its name may be made of."""
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.is_relation and field.related_model is Enterprise:
            values[field.name] = Enterprise(name="甲")
        if field.is_relation or field.primary_key:
            continue
        if field.flatchoices:
            values[field.name] = next(code for code, _label in field.flatchoices if code != "")
        elif isinstance(field, models.DateTimeField):
            values[field.name] = dt.datetime(2026, 10, 4, 9, tzinfo=dt.UTC)
        elif isinstance(field, models.DateField):
            values[field.name] = dt.date(2026, 10, 4)
        elif isinstance(field, models.IntegerField):
            values[field.name] = 3
        elif field.name == "body":
            values[field.name] = next(iter(shipped_standards().values()))
        elif isinstance(field, models.CharField | models.TextField):
            values[field.name] = "甲"
    return model(**values)


@pytest.mark.parametrize("kind", list(kinds), ids=lambda kind: kind.code)
def test_the_name_of_an_object_is_read_in_the_language_of_the_reader(kind: Kind) -> None:
    thing, entries = example(kind.model), {}
    for writer in LANGUAGES:
        with translation.override(writer):
            entries[writer] = auditing.entry(
                actor=ACTOR, action=kind.action("create"), target=thing, place=(1, 1)
            )
    for reader in LANGUAGES:
        with translation.override(reader):
            names = {audit_words.object_name(entry) for entry in entries.values()}
            assert names == {str(thing)}, f"{kind.code}: declare named_by in its audit.py"


@pytest.mark.parametrize(
    ("object_type", "label", "english", "chinese"),
    [
        (
            "inspections.Inspection",
            "日常检查 2026-01-02",
            "Routine inspection 2026-01-02",
            "日常检查 2026-01-02",
        ),
        (
            "incident",
            "Public-security case 2026-01-02",
            "Public-security case 2026-01-02",
            "治安案件 2026-01-02",
        ),
        ("evaluation", "2026Q3 · 更正", "2026Q3 · Correction", "2026Q3 · 更正"),
        ("hazard", "灭火器过期 · 仓库", "灭火器过期 · 仓库", "灭火器过期 · 仓库"),
        ("inspection", "Something else", "Something else", "Something else"),
    ],
)
def test_entries_of_earlier_versions_are_read_back(
    object_type: str, label: str, english: str, chinese: str
) -> None:
    entry = AuditEntry(object_type=object_type, object_id=3, object_label=label)
    with translation.override("en"):
        assert audit_words.object_name(entry) == english
    with translation.override("zh-hans"):
        assert audit_words.object_name(entry) == chinese


def test_batches_reasons_and_the_system_are_in_the_language_of_the_reader() -> None:
    batch = AuditEntry(
        object_type="hazard",
        object_label="3 × hazard",
        after={"records": 3},
        role="system",
        actor_name="system",
    )
    imported = AuditEntry(role="system", actor_name="命令行", reason="Imported again: 名册.xlsx")
    typed = AuditEntry(role="officer", actor_name="system", reason="Checked again")
    with translation.override("zh-hans"):
        assert audit_words.object_name(batch) == "3 × 隐患"
        assert audit_words.who(batch) == "系统"
        assert audit_words.reason(imported) == "再次导入：名册.xlsx"
        assert audit_words.who(typed) == "system", "a person of that name"
    with translation.override("en"):
        assert audit_words.who(imported) == "command line"
        imported.reason = typed.reason = "再次导入：名册.xlsx"
        assert audit_words.reason(imported) == "Imported again: 名册.xlsx"
        assert audit_words.reason(typed) == "再次导入：名册.xlsx", "a person's own words"


def shown(house: House, who: str, language: str = "en", **query: str) -> list[dict[str, Any]]:
    client = house.client(who)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client.get(reverse(LOG), query).context["rows"]


def test_ids_are_shown_as_names(house: House) -> None:
    city, chief = house.city, house.actor("chief")
    other = EnterpriseFactory(station=city.first, name="Merged Works")
    with station_scope(chief.scope()):
        register.set_inactive(
            actor=chief,
            enterprise_id=house.enterprise.pk,
            kind=InactiveReason.MERGED,
            from_on=dt.date(2026, 1, 2),
            reason="merged",
            merged_into_id=other.pk,
        )
    (row,) = shown(house, "chief", action="enterprise.set_inactive")
    assert {each.label: each.after for each in row["changes"]}["Merged into"] == "Merged Works"

    supervisor = system_actor(bureau_id=city.bureau.pk)
    with station_scope(supervisor.scope()), translation.override("zh-hans"):
        text = next(iter(shipped_standards().values()))
        first, second = (
            publish_standard(actor=supervisor, text=each) for each in (text, f"{text}\n# the next version\n")
        )
        for standard in (first, second):
            adopt_standard(actor=supervisor, standard_id=standard.pk)
    row = shown(house, "supervisor", action="standard.adopt")[0]
    (change,) = row["changes"]
    with translation.override("en"):
        assert (change.before, change.after) == (str(first), str(second))
        assert row["object"] == str(second)
    assert not any(each.isdigit() for each in (change.before, change.after))

    department = Department.objects.filter(bureau=city.bureau).first()
    assert department is not None
    with station_scope(supervisor.scope()):
        auditing.record(
            actor=supervisor,
            action="tests_act",
            target=city.bureau,
            after={
                "department_id": department.pk,
                "stations": [city.first.pk, city.second.pk],
                "station_id": 0,
            },
        )
    (row,) = shown(house, "supervisor", action="tests_act")
    values = {each.label: each.after for each in row["changes"]}
    assert values["Department"] == department.name
    assert values["Stations"] == f"{city.first.name}, {city.second.name}"
    assert values["Station"] == "#0", "nobody's id stays a number"


def test_the_search_finds_an_object_by_its_word_in_the_language_of_the_reader(house: House) -> None:
    officer = house.actor("officer")
    inspection = Inspection(
        enterprise=house.enterprise,
        station=house.city.first,
        kind="routine",
        inspected_on=dt.date(2026, 1, 2),
    )
    inspection.pk = 77
    with station_scope(officer.scope()), translation.override("zh-hans"):
        auditing.record(actor=officer, action="inspection.create", target=inspection)
    for field in ("q", "object"):
        (row,) = shown(house, "chief", **{field: "routine insp"})
        assert row["object"] == "Routine inspection 2026-01-02"
        (row,) = shown(house, "chief", "zh-hans", **{field: "日常检查"})
        assert row["object"] == "日常检查 2026-01-02"
