"""An administrator's first hour: what an empty Anqi says, and what is rated while the lists are still coming in."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connections
from django.test import Client

from embedded import run
from tests.factories import AdoptionFactory, EnterpriseFactory, UserFactory
from tests.facts.people import Person, supervisor
from tests.fixtures import City


@pytest.mark.django_db
def test_the_login_of_an_empty_anqi_says_how_the_first_person_comes_in() -> None:
    browser, page = Client(), "/accounts/login/"
    assert "manage.py create_operator" in browser.get(page).text
    UserFactory()
    assert "create_operator" not in browser.get(page).text


@pytest.mark.django_db
def test_a_bureau_without_enterprises_is_led_to_its_lists_and_not_to_a_run(city: City) -> None:
    boss = supervisor(city.bureau)
    AdoptionFactory(bureau=city.bureau)
    page = boss.get("ratings:warning").text
    assert "no enterprise is on the register" in page
    assert "Start a run" not in page
    EnterpriseFactory(station=city.first)
    page = boss.get("ratings:warning").text
    assert "Start a run" in page


@pytest.mark.django_db
def test_whoever_brings_the_register_hears_that_quarters_are_rated_at_once(city: City) -> None:
    """Rated before inspections came in, every enterprise is grey in every quarter, and each has to be corrected."""
    boss = supervisor(city.bureau)
    AdoptionFactory(bureau=city.bureau)

    def says() -> bool:
        return "rated within a minute once an enterprise is here" in boss.get("imports:sheets").text

    assert not says(), "no quarter is rated automatically"
    for quarter, warned in (("2005Q1", True), ("2999Q1", False)):
        city.bureau.rates_from = quarter
        city.bureau.save()
        assert says() is warned
    operator = Person("operator")
    assert "until the lists are imported" in operator.get("accounts:bureau_create").text


@pytest.mark.parametrize(
    ("tables", "is_foreign"),
    [
        ([], False),
        (["django_migrations", "auth_permission"], False),  # the first migration was interrupted
        (["accounts_bureau", "since_renamed"], False),
        (["blog_post"], True),
        (
            ["django_migrations", "blog_post"],
            True,
        ),  # of another Django project, with nothing applied or like names
    ],
)
@pytest.mark.django_db(databases=["owner"])
def test_migrate_leaves_tables_of_something_else_alone(
    monkeypatch: pytest.MonkeyPatch, tables: list[str], is_foreign: bool
) -> None:
    monkeypatch.setattr(connections["owner"].introspection, "table_names", lambda *_more, **_options: tables)
    if is_foreign:
        with pytest.raises(CommandError, match="tables that are not Anqi's"):
            call_command("migrate", plan=True, verbosity=0)
    else:
        call_command("migrate", plan=True, verbosity=0)


def test_a_start_that_fails_on_a_full_disk_says_that_it_is_full(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    folder = tmp_path / "srv" / "anqi"
    monkeypatch.setattr(run.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=20 * 2**20))
    assert run._space(folder) == f" The disk of {folder} is full: 20 MB are free, Anqi needs 200 MB to start."
    monkeypatch.setattr(run.shutil, "disk_usage", lambda _folder: SimpleNamespace(free=2**40))
    assert run._space(folder) == ""
