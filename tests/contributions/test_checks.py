"""A declaration that refers to something missing is an error at start."""

import dataclasses
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db.models import Q
from django.utils.translation import gettext_lazy
from django.utils.translation import gettext_lazy as _

from enterprises.models import Enterprise, Liaison
from foundation.accounts import access
from foundation.accounts.choices import AuditAction, Role
from foundation.contributions import audit, file, navigation, notifications, search, sheets, work
from foundation.contributions.navigation import Entry, Highlight, Menu, Place
from foundation.contributions.registry import Registry
from foundation.ui import checks
from incidents.access import Permission
from inspections.models import Hazard

Declare = Callable[[Registry[Any], Any], None]


@pytest.fixture
def declare(monkeypatch: pytest.MonkeyPatch) -> Declare:
    """Declare something for the duration of a test."""

    def add(registry: Registry[Any], item: Any) -> None:
        monkeypatch.setattr(registry, "_items", {**registry._items, item.code: item})

    return add


def problems(*ids: str) -> list[str]:
    return [each.msg for each in run_checks() if each.id in ids]


def test_present_declarations_pass_the_checks() -> None:
    assert problems("ui.E001", "ui.E002", "ui.E003", "ui.E004", "ui.E005", "facts.E008", "facts.E009") == []


def entry(**fields: Any) -> Entry:
    return Entry(
        **{"label": "Doors", "icon": "door", "url": "desk:today", "places": (Place(Menu.POLICE),), **fields}
    )


def some_findable(**fields: Any) -> search.Findable:
    return dataclasses.replace(search.findables["inspections_hazards"], **{"code": "doors", **fields})


def some_work(**fields: Any) -> work.Work:
    return work.Work(
        **{
            "code": "doors",
            "title": "Doors",
            "icon": "door",
            "rank": 1,
            "rows": Hazard.objects.all,
            "act": "Look",
            "act_page": "inspections:hazard",
            "list_page": "inspections:hazards",
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("registry", "item", "told"),
    [
        (navigation.entries, entry(url="doors:list"), "there is no page doors:list"),
        (
            navigation.highlights,
            Highlight("doors:", topic="doors"),
            "no navigation entry has the topic doors",
        ),
        (file.tabs, file.Tab("doors", "Doors", "door", 1), "no panel is on it"),
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
        (file.register_acts, file.RegisterAct("enterprises:list", "Doors", "door", 1), "that takes an id"),
        (
            file.marks,
            file.Mark("doors", file.Strand.OWN, "door", Hazard.objects.all, "found_on", page="doors:one"),
            "there is no page doors:one",
        ),
        (work.works, some_work(page="doors:one"), "there is no page doors:one"),
        (work.works, some_work(act_page="doors:shut"), "there is no page doors:shut"),
        (work.works, some_work(act_page=""), "there is no act"),
        (work.works, some_work(list_page="doors:list"), "there is no page doors:list"),
        (search.findables, some_findable(page="doors:one"), "there is no page doors:one"),
        (search.findables, some_findable(list_page="doors:list"), "there is no page doors:list"),
        (search.findables, some_findable(permission="doors:view"), "no role holds doors:view"),
    ],
)
def test_a_page_that_is_not_there(declare: Declare, registry: Registry[Any], item: Any, told: str) -> None:
    declare(registry, item)
    (problem,) = problems("ui.E001")
    assert told in problem


def test_a_permission_that_nobody_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "_rules", {**access._rules})
    monkeypatch.setattr(access, "permissions_without_role", set())
    access.register({"doors:view": ()})
    access._rules[Permission.VIEW_INCIDENTS] = frozenset({access.SYSTEM})
    access._rules.pop(Permission.VERIFY_INCIDENTS)
    told = problems("ui.E002")
    assert "doors:view is declared for no role." in told
    assert "incidents:verify is declared for no role." in told
    assert "/incidents/ opens for nobody: no role holds incidents:view." in told


def test_a_permission_declared_twice_for_other_roles() -> None:
    before = access.permissions()
    with pytest.raises(ValueError, match="incidents:view"):
        access.register({Permission.VIEW_INCIDENTS: {access.Role.OPERATOR}})
    assert access.permissions() == before


def test_an_act_with_words_in_one_language_only(declare: Declare) -> None:
    declare(audit.actions, audit.Action("hazard.shut", gettext_lazy("Shut with nobody's translation")))
    assert problems("ui.E003") == ["The act hazard.shut has no words in zh-hans."]


def test_an_act_that_no_app_declares(monkeypatch: pytest.MonkeyPatch) -> None:
    left = {code: act for code, act in audit.actions._items.items() if code != AuditAction.EDIT_USER}
    monkeypatch.setattr(audit.actions, "_items", left)
    assert problems("ui.E003") == ["The act user.edit is declared by no audit.py."]


def some_cause(**fields: Any) -> notifications.Cause:
    given = {
        "code": "doors.shut",
        "words": _("Notifications"),
        "roles": frozenset({Role.CHIEF}),
        "icon": "door",
    }
    return notifications.Cause(**{**given, **fields})


@pytest.mark.parametrize(
    ("cause", "told"),
    [
        (some_cause(), ""),
        (some_cause(roles=frozenset()), "it concerns no role"),
        (some_cause(page="doors:one"), "there is no page doors:one that takes an id"),
        (some_cause(page="desk:today", takes_id=False), ""),
        (some_cause(page="enterprises:hand_over", roles=frozenset({Role.OFFICER})), "may not open"),
        (some_cause(on=("door.shut",), who=lambda happening: Q()), "no audit.py declares the act door.shut"),
        (some_cause(who=lambda happening: Q()), "name both the acts"),
        (some_cause(words="Shut"), "has no words in zh-hans"),
    ],
)
def test_a_cause_that_leads_nowhere(declare: Declare, cause: notifications.Cause, told: str) -> None:
    declare(notifications.causes, cause)
    found = problems("ui.E005")
    assert [told in each for each in found] == ([True] if told else [])


def test_codes_outside_the_grammar(monkeypatch: pytest.MonkeyPatch, declare: Declare) -> None:
    class Odd(StrEnum):
        OPEN = "open_doors"

    monkeypatch.setattr(access, "_rules", {**access._rules})
    access.register({"doors:view": {Role.CHIEF}, Odd.OPEN: {Role.CHIEF}})
    declare(audit.actions, audit.Action("shut_door", "Shut"))
    declare(audit.actions, audit.Action("door.shut", "Shut"))  # no audit.py declares such a kind
    told = problems("ui.E004")
    assert len(told) == 4
    for code in ("doors:view", "open_doors", "shut_door", "door.shut"):
        assert any(f" {code} is not of the form" in each for each in told), code


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('    permission = "hazards:view"', "hazards:view"),
        ('    create_permission = "hazards:record"', "hazards:record"),
        ('path("x/", View.as_view(permission="hazards:view"))', "hazards:view"),
        ('if access.allows(self.actor, "hazards:close"):', "hazards:close"),
        ('access.require(actor, "hazards:close")', "hazards:close"),
        ('record(actor=actor, action="edit_user", target=user)', "edit_user"),
        ('record(actor=actor, action=f"{kind}.edit", target=user)', "{kind}.edit"),
        ('parser.add_argument("--keep", action="store_true")', ""),
        ("access.require(actor, Permission.CLOSE_HAZARDS)", ""),
        ('reverse("hazards:view")', ""),
    ],
)
def test_a_code_that_is_spelled_out(line: str, code: str) -> None:
    assert checks._SPELLED_OUT.findall(line) == ([code] if code else [])


def test_no_former_code_stands_for_two_actions() -> None:
    earlier = [code for act in audit.actions for code in act.formerly]
    assert len(earlier) == len(set(earlier)) > 40
    assert not [code for code in earlier if code in audit.actions]


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
    registry.register(entry())  # declaring the same again is no conflict
    with pytest.raises(ValueError, match=r"declared twice in navigation\.py"):
        registry.register(entry(icon="other"))


def test_an_object_that_no_app_declares_is_not_recorded() -> None:
    with pytest.raises(LookupError, match=r"declares a kind of object for enterprises\.Liaison"):
        audit.kind_of_model(Liaison)


def test_entries_of_earlier_versions_mean_the_same() -> None:
    assert audit.kind_of("enterprises.Activity") is audit.kind_of("activity")
    assert audit.kind_of("enterprises.Enterprise").model is Enterprise
    assert audit.action_of("selfcheck.void") is audit.action_of("self_check.void")
