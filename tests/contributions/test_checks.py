"""A declaration that leads nowhere is an error at start."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.checks import run_checks
from django.utils.translation import gettext_lazy

from enterprises.models import Enterprise, Liaison
from foundation.accounts import access
from foundation.contributions import audit, file, navigation, sheets, work
from foundation.contributions.navigation import Entry, Lit, Menu, Place
from foundation.contributions.registry import Registry
from foundation.ui import checks
from inspections.models import Hazard

Declare = Callable[[Registry[Any], Any], None]


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Declare:
    """Declare something for the length of a test."""

    def add(registry: Registry[Any], item: Any) -> None:
        monkeypatch.setattr(registry, "_items", {**registry._items, item.code: item})

    return add


def problems(*ids: str) -> list[str]:
    return [each.msg for each in run_checks() if each.id in ids]


def test_what_is_declared_today_leads_somewhere() -> None:
    assert problems("ui.E001", "ui.E002", "ui.E003", "facts.E008", "facts.E009") == []


def entry(**fields: Any) -> Entry:
    return Entry(
        **{"label": "Doors", "icon": "door", "url": "desk:today", "places": (Place(Menu.POLICE),), **fields}
    )


def some_work(**fields: Any) -> work.Work:
    return work.Work(
        **{
            "code": "doors",
            "title": "Doors",
            "icon": "door",
            "rank": 1,
            "rows": Hazard.objects.all,
            "order": ("pk",),
            "act": "Look",
            "act_page": "inspections:hazard",
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("registry", "item", "told"),
    [
        (navigation.entries, entry(url="doors:list"), "there is no page doors:list"),
        (navigation.lits, Lit("doors:", topic="doors"), "no navigation entry has the topic doors"),
        (file.tabs, file.Tab("doors", "Doors", "door", 1), "nothing stands on it"),
        (file.tabs, file.Tab("work", "Work", "door", 1, count="doors"), "there is no figure doors"),
        (
            file.panels,
            file.Panel("doors", "doors", 1, "desk/file_log.html", lambda *_a: {}),
            "there is no tab doors",
        ),
        (
            file.panels,
            file.Panel("doors", "work", 1, "doors/none.html", lambda *_a: {}),
            "there is no template doors/none.html",
        ),
        (
            file.recordings,
            file.Recording("doors:create", "Doors", "door", 1),
            "there is no page doors:create",
        ),
        (file.keepings, file.Keeping("enterprises:list", "Doors", "door", 1), "that takes an id"),
        (
            file.marks,
            file.Mark("doors", file.Strand.OWN, "door", Hazard.objects.all, "found_on", page="doors:one"),
            "there is no page doors:one",
        ),
        (work.works, some_work(page="doors:one"), "there is no page doors:one"),
        (work.works, some_work(act_page="doors:shut"), "there is no page doors:shut"),
        (work.works, some_work(list_page="doors:list"), "there is no page doors:list"),
    ],
)
def test_a_page_that_is_not_there(declare: Declare, registry: Registry[Any], item: Any, told: str) -> None:
    declare(registry, item)
    (problem,) = problems("ui.E001")
    assert told in problem


def test_a_permission_that_nobody_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_rules", {**access._rules})
    monkeypatch.setattr(access, "held_by_nobody", set())
    access.register({"doors:see": (), "incidents:see": {access.SYSTEM}})
    told = problems("ui.E002")
    assert "doors:see is declared for no role." in told
    assert "/incidents/ opens for nobody: no role holds incidents:see." in told


def test_an_act_with_words_in_one_language_only(declare: Declare) -> None:
    declare(audit.actions, audit.Action("doors.shut", gettext_lazy("Shut with nobody's translation")))
    assert problems("ui.E003") == ["The act doors.shut has no words in zh-hans."]


def test_an_act_that_no_app_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "_recorded", lambda: [("doors/operations.py", "doors.open")])
    assert problems("ui.E003") == [
        "doors/operations.py records the act “doors.open”, which no audit.py declares."
    ]


@pytest.mark.parametrize(("registry", "code"), [(audit.kinds, "facts.E008"), (sheets.targets, "facts.E009")])
def test_a_kind_of_fact_that_an_app_forgot_to_declare(
    monkeypatch: pytest.MonkeyPatch, registry: Registry[Any], code: str
) -> None:
    monkeypatch.setattr(registry, "_items", {k: v for k, v in registry._items.items() if k != "hazard"})
    (problem,) = problems(code)
    assert "inspections.Hazard" in problem


def test_a_code_belongs_to_one_declaration() -> None:
    registry: Registry[Any] = Registry("navigation")
    registry.register(entry())
    registry.register(entry())  # the same again is no conflict
    with pytest.raises(ValueError, match=r"declared twice in navigation\.py"):
        registry.register(entry(icon="other"))


def test_an_object_that_no_app_declares_is_not_recorded() -> None:
    with pytest.raises(LookupError, match=r"declares a kind of object for enterprises\.Liaison"):
        audit.kind_of_model(Liaison)


def test_entries_of_earlier_versions_mean_the_same() -> None:
    assert audit.kind_of("enterprises.Activity") is audit.kind_of("activity")
    assert audit.kind_of("enterprises.Enterprise").model is Enterprise
    assert audit.action_of("selfcheck.void") is audit.action_of("self_check.void")
