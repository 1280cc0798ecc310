"""What a new app gets by its declarations alone, with no other code changed."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from desk.open_work import Choice, open_work
from enterprises.models import Enterprise
from foundation.accounts.models import Station
from foundation.contributions import measures
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from ratings.simulate.simulation import simulate
from tests.factories import AdoptionFactory, DepartmentFactory, EnterpriseFactory, StandardFactory
from tests.facts.people import Person, ago, fresh, manager, officer, rows, today
from tests.fixtures import City
from tests.newcomer.fire_doors.factories import DoorCheckFactory
from tests.newcomer.fire_doors.models import DoorCheck, DoorState
from tests.rest.keys import api

pytestmark = pytest.mark.django_db


@pytest.fixture
def works(city: City) -> Enterprise:
    return EnterpriseFactory(station=city.first, name="安达化工")


@pytest.fixture
def person(city: City) -> Person:
    return officer(city.first, name="Zhou Ming")


def test_it_is_in_the_navigation(person: Person, works: Enterprise) -> None:
    page = person.get("enterprises:list").content.decode()
    assert reverse("fire_doors:list") in page
    assert reverse("fire_doors:list") in manager(works).get("portal:my_tasks").content.decode()


def test_it_is_on_the_file_with_tab_figure_and_timeline(person: Person, works: Enterprise) -> None:
    check = DoorCheckFactory(enterprise=works, shuts=False, checked_on=ago(3))
    DoorCheckFactory(enterprise=works, door="Kitchen", checked_on=ago(2))
    DoorCheckFactory(enterprise=works, door="Voided", voided_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    overview = person.get("desk:file", works.pk)
    assert [event.title for event in overview.context["time"].events] == ["Kitchen", "Stairs, 2nd floor"]
    assert overview.context["figures"]["faulty_doors"] == 1
    tab = person.get("desk:file_tab", works.pk, "doors").content.decode()
    assert reverse("fire_doors:detail", args=[check.pk]) in tab
    assert "Faulty" in tab
    assert "Voided" not in tab
    assert "Record a fire door" in overview.content.decode()


def test_it_is_open_work_until_it_is_repaired(person: Person, works: Enterprise) -> None:
    check = DoorCheckFactory(enterprise=works, shuts=False, checked_on=ago(3))

    def waiting() -> int:
        with station_scope(person.actor.scope()):
            return open_work(person.actor, Choice("station", 50)).of_kind("fire_doors_faulty")

    assert waiting() == 1
    page = person.get("desk:today", whose="station").content.decode()
    assert reverse("fire_doors:repair", args=[check.pk]) in page
    answer = person.post("fire_doors:repair", check.pk, version=1, repaired_on=today().isoformat())
    assert answer.status_code == 302
    assert fresh(check).state is DoorState.REPAIRED
    assert waiting() == 0
    again = person.post("fire_doors:repair", check.pk, version=2, repaired_on=today().isoformat())
    assert again.url == reverse("fire_doors:detail", args=[check.pk]), "done already: it leads back"
    assert fresh(check).version == 2


@pytest.mark.parametrize(
    ("language", "words"), [("en", ["Recorded", "Repaired"]), ("zh-hans", ["登记", "已修复"])]
)
def test_the_log_shows_it_in_both_languages(
    person: Person, works: Enterprise, language: str, words: list[str]
) -> None:
    person.post(
        "fire_doors:create", enterprise=works.pk, checked_on=today().isoformat(), door="Gate", shuts=""
    )
    (check,) = rows(DoorCheck, works.station)
    person.post("fire_doors:repair", check.pk, version=1, repaired_on=today().isoformat())
    with translation.override(language):
        person.client.cookies["anqi_language"] = language
        events = person.get("fire_doors:detail", check.pk).context["events"]
        told = [str(event.title) for event in reversed(events)]
    assert told == words
    log = person.get("desk:file_tab", works.pk, "log")
    assert words[1] in log.content.decode()


def test_an_enterprise_records_its_own(works: Enterprise) -> None:
    own = manager(works)
    answer = own.post("fire_doors:create", checked_on=today().isoformat(), door="Gate", shuts="on")
    assert answer.status_code == 302
    assert [each.door for each in rows(DoorCheck, works.station)] == ["Gate"]


def test_the_api_serves_it_with_its_filter(city: City, works: Enterprise) -> None:
    DoorCheckFactory(enterprise=works, shuts=False)
    DoorCheckFactory(enterprise=works, door="Kitchen")
    DoorCheckFactory(enterprise=works, door="Voided", voided_at=dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    DoorCheckFactory(enterprise=EnterpriseFactory(station=city.elsewhere), door="Theirs")
    client = api(DepartmentFactory(bureau=city.bureau), scopes=["door_checks:read"])
    found = client.get("/api/v1/door-checks/")
    assert [row["door"] for row in found.json()["results"]] == ["Stairs, 2nd floor", "Kitchen"]
    faulty = client.get("/api/v1/door-checks/?state=faulty").json()["results"]
    assert [(row["door"], row["state"]) for row in faulty] == [("Stairs, 2nd floor", "faulty")]
    assert client.get("/api/v1/door-checks/?state=open").status_code == 400
    without = api(DepartmentFactory(bureau=city.bureau), scopes=["enterprises:read"])
    assert without.get("/api/v1/door-checks/").status_code == 403
    assert "/api/v1/door-checks/" in client.get("/api/v1/schema/").json()["paths"]


def test_it_is_measured_and_its_act_is_offered(person: Person, works: Enterprise) -> None:
    source = measures.source_of("door_checks")
    assert source is not None
    assert [act.code for act in measures.acts.values() if "door_checks" in act.measures] == [
        "record_door_checks"
    ]
    DoorCheckFactory.create_batch(3, enterprise=works, checked_on=today())
    with station_scope(person.actor.scope()):
        found = {row["enterprise_id"]: row["door_checks"] for row in source.query(Period.of(today()))}
    assert found == {works.pk: 3}


STANDARD = """
code = "doors"
title = { en = "Doors", zh = "防火门" }
[colours]
green = 85
yellow = 70
[[groups]]
code = "A"
points = 100
label = { en = "Safety management", zh = "安全管理" }
[[criteria]]
code = "A1"
group = "A"
points = 100
label = { en = "Four checks a quarter", zh = "每季度四次" }
rule = "target"
measure = "door_checks"
target = 4
"""


def test_the_simulator_says_how_many_checks_are_missing(city: City, person: Person) -> None:
    standard = StandardFactory(bureau=city.bureau, code="doors", body=STANDARD)
    AdoptionFactory(bureau=city.bureau, standard=standard)
    works = EnterpriseFactory(station=city.first, registered_on=ago(800))
    DoorCheckFactory.create_batch(2, enterprise=works, checked_on=today())
    with station_scope(person.actor.scope()):
        simulation = simulate(person.actor, works.pk)
    assert simulation is not None
    tasks = [(task.act.code, len(task.steps)) for plan in simulation.plans for task in plan.tasks]
    assert ("record_door_checks", 2) in tasks, tasks
    assert "Check 2 fire doors" in manager(works).get("portal:my_enterprise").content.decode()


PROFILE = """
title = "Doors"
[[file]]
path = "firms.csv"
becomes = "enterprise"
key = "no"
[file.station]
column = "station"
[file.fields]
name = "name"
[[file]]
path = "doors.csv"
becomes = "door_check"
key = "id"
enterprise = "no"
[file.fields]
checked_on = "day"
door = "door"
shuts = { column = "ok", map = { yes = "true", no = "false" } }
"""


@pytest.mark.django_db(transaction=True)
def test_records_are_imported(tmp_path: Path) -> None:
    (tmp_path / "firms.csv").write_text("no,name,station\n1,Lotus,N01\n")
    (tmp_path / "doors.csv").write_text(
        "id,no,day,door,ok\na,1,2025-02-03,Gate,yes\nb,1,2025-02-04,Cellar,no\n"
    )
    (tmp_path / "doors.toml").write_text(PROFILE)
    for _again in range(2):
        call_command("import_records", str(tmp_path / "doors.toml"), str(tmp_path), bureau="B1", verbosity=0)
    station = Station.objects.get(code="N01")
    found = [(row.door, str(row.state)) for row in rows(DoorCheck, station)]
    assert found == [("Gate", "shuts"), ("Cellar", "faulty")]
