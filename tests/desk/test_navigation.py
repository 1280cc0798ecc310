"""The navigation shows what a role may open, and nothing else."""

from types import SimpleNamespace

import pytest
from django.test import RequestFactory
from django.urls import reverse

from foundation.accounts.access import EVERY_ROLE
from foundation.ui.shell import Shell, home_of


def shell(role: str | None, view_name: str = "enterprises:create") -> Shell:
    request = RequestFactory().get("/")
    request.actor = SimpleNamespace(role=role, is_enterprise=False) if role else None
    request.resolver_match = SimpleNamespace(view_name=view_name)
    return Shell(request)


def words(role: str) -> list[tuple[str, list[str]]]:
    return [(str(heading), [str(link.label) for link in links]) for heading, links in shell(role).navigation]


def test_sections_and_entries_are_in_order() -> None:
    assert words("chief") == [
        ("", ["Today", "Enterprises"]),
        (
            "Casework",
            [
                "Inspection plan",
                "Inspections",
                "Hazards",
                "Disputes",
                "Incidents",
                "Random draws",
                "Papers",
                "Time limits",
            ],
        ),
        ("Rating", ["Warning", "Standards"]),
        ("Administration", ["Imports", "People", "Audit log"]),
    ]
    assert words("supervisor") == [
        ("", ["Bureau", "Enterprises"]),
        (
            "Casework",
            [
                "Inspection plan",
                "Inspections",
                "Hazards",
                "Disputes",
                "Incidents",
                "Random draws",
                "Papers",
                "Time limits",
            ],
        ),
        ("Rating", ["Warning", "Standards", "Departments", "Requests"]),
        ("Administration", ["Imports", "People", "API keys", "Audit log"]),
    ]
    assert words("operator") == [
        (
            "",
            [
                "Bureaus",
                "People",
                "Deliveries",
                "Requests",
                "API keys",
                "Audit log",
                "Status of deliveries",
                "Health",
            ],
        )
    ]
    assert words("security_manager") == [("", ["My colour", "To do", "Hazards", "Self-checks", "Activities"])]
    assert words("department_officer") == [
        (
            "",
            ["Inbox", "Colours", "Subscriptions", "Push log", "API keys", "Requests", "Status of deliveries"],
        )
    ]


def test_a_page_the_role_may_not_open_is_left_out_with_its_heading() -> None:
    assert words("officer")[-1] == ("Rating", ["Warning", "Standards"])


@pytest.mark.parametrize(
    ("view_name", "label"),
    [
        ("enterprises:create", "Enterprises"),
        ("desk:file_tab", "Enterprises"),
        ("service:activity_create", "Inspections"),
        ("inspections:hazard_close", "Hazards"),
    ],
)
def test_the_entry_of_the_present_page_is_lit(view_name: str, label: str) -> None:
    assert [str(link.label) for link in shell("chief", view_name).links if link.active] == [label]


def test_everybody_has_a_home() -> None:
    assert {role: home_of(SimpleNamespace(role=role)) for role in EVERY_ROLE} == {
        "officer": "/today/",
        "chief": "/today/",
        "supervisor": "/bureau/",
        "security_manager": "/portal/",
        "enterprise_staff": "/portal/",
        "department_officer": reverse("deliveries:inbox"),
        "operator": reverse("accounts:bureaus"),
    }


def test_anonymous_visitors_have_no_navigation() -> None:
    assert shell(None).navigation == []
    assert shell(None).grants == []
    assert shell(None).home == "/"


@pytest.mark.parametrize("choice", ["dark", "light", "auto"])
def test_the_theme_comes_from_the_cookie(choice: str) -> None:
    one = shell(None)
    one.request.COOKIES["anqi_theme"] = choice
    assert one.theme == choice


def test_a_foreign_theme_cookie_does_not_reach_the_page() -> None:
    one = shell(None)
    one.request.COOKIES["anqi_theme"] = '"><script>'
    assert one.theme == "auto"
