"""The pages of the warning over HTTP: who sees what, figures, invalid input."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from enterprises.models import Enterprise
from foundation.accounts.choices import Role
from foundation.accounts.models import Bureau
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from ratings.models import Adoption, Evaluation, Rating, Standard
from ratings.operations import (
    adopt_default_standard,
    adopt_standard,
    open_evaluation,
    run_evaluation,
)
from ratings.operations.evaluations import bureau_actor
from ratings.operations.standards import shipped_standards
from tests.factories import (
    DepartmentFactory,
    EnterpriseFactory,
    HazardFactory,
    IncidentFactory,
    InspectionFactory,
    RoleGrantFactory,
    UserFactory,
)
from tests.fixtures import City, scope_of_bureau

EARLIER, LATER = Period(2025, 1), Period(2025, 2)
SMALL = shipped_standards()["hazards-only"]


@dataclass
class Town:
    """The city after two rated quarters: one enterprise of the first station fell to red by a veto."""

    city: City
    fallen: Enterprise
    steady: Enterprise
    neighbour: Enterprise  # at the second station
    abroad: Enterprise  # in the other bureau
    clients: dict[str, Client] = field(default_factory=dict)

    def run(self, period: Period = LATER, **conditions: Any) -> Evaluation:
        with scope_of_bureau(self.city.bureau):
            return Evaluation.objects.get(bureau=self.city.bureau, period_code=period.code, **conditions)


def rate(bureau: Bureau, period: Period, standard: Standard | None = None) -> Evaluation:
    actor = bureau_actor(bureau.pk)
    with station_scope(actor.scope()):
        adopt_default_standard(actor=actor)
        opened = open_evaluation(actor=actor, period=period, standard=standard, again=True)
    assert run_evaluation(bureau_id=bureau.pk, evaluation_id=opened.pk) == "complete"
    return opened


@pytest.fixture
def people(city: City, settings: Any) -> dict[str, Client]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    clients = {}
    for name, role, where in (
        ("officer", Role.OFFICER, {"station": city.first}),
        ("chief", Role.CHIEF, {"station": city.first}),
        ("supervisor", Role.SUPERVISOR, {"station": None, "bureau": city.bureau}),
        ("officer_elsewhere", Role.OFFICER, {"station": city.elsewhere}),
        ("supervisor_elsewhere", Role.SUPERVISOR, {"station": None, "bureau": city.other_bureau}),
        (
            "department",
            Role.DEPARTMENT_OFFICER,
            {"station": None, "bureau": city.bureau, "department": DepartmentFactory(bureau=city.bureau)},
        ),
        ("operator", Role.OPERATOR, {"station": None, "bureau": None}),
    ):
        person = UserFactory(username=name)
        RoleGrantFactory(user=person, role=role, **where)
        clients[name] = Client()
        clients[name].force_login(person)
    return clients


def adopt(bureau: Bureau, code: str) -> None:
    actor = bureau_actor(bureau.pk)
    with station_scope(actor.scope()):
        adopt_default_standard(actor=actor)
        adopt_standard(actor=actor, standard_id=Standard.objects.get(bureau=bureau, code=code).pk)


@pytest.fixture
def town(city: City, people: dict[str, Client]) -> Town:
    """Rated by hazards alone, so that all were green before."""
    return build(city, people, "hazards-only")


@pytest.fixture
def strict_town(city: City, people: dict[str, Client]) -> Town:
    """Rated by the default standard."""
    return build(city, people, "default")


def build(city: City, people: dict[str, Client], code: str) -> Town:
    adopt(city.bureau, code)
    made = [
        EnterpriseFactory(station=station, name=name)
        for station, name in (
            (city.first, "Fallen Foundry"),
            (city.first, "Steady Stores"),
            (city.second, "Neighbour Nursery"),
            (city.elsewhere, "Abroad Abattoir"),
        )
    ]
    for enterprise in made:
        InspectionFactory(enterprise=enterprise, inspected_on=dt.date(2025, 3, 3))
    rate(city.bureau, EARLIER)
    HazardFactory(
        enterprise=made[0],
        found_on=dt.date(2025, 4, 1),
        due_on=dt.date(2025, 4, 10),
        major_from_on=dt.date(2025, 4, 1),
    )
    IncidentFactory(
        enterprise=made[2], kind="death", occurred_on=dt.date(2025, 5, 1), verified_on=dt.date(2025, 5, 2)
    )
    rate(city.bureau, LATER)
    return Town(city, *made, clients=people)


def page(client: Client, name: str, *args: Any, status: int = 200, **query: Any) -> str:
    answer = client.get(reverse(f"ratings:{name}", args=args), query)
    assert answer.status_code == status, answer.content.decode()[:400]
    return answer.content.decode()


# --- the quarter --------------------------------------------------------------------------------------------------


def test_the_quarter_shows_the_officers_station_only(town: Town) -> None:
    told = page(town.clients["officer"], "warning")
    assert "Q2 2025" in told
    assert "Fallen Foundry" in told
    assert "Neighbour Nursery" not in told
    assert "All stations" not in told
    answer = town.clients["officer"].get(reverse("ratings:warning"))
    assert answer.context["figures"].total == 2
    assert answer.context["figures"].vetoed == 1


def test_the_supervisor_sees_the_bureau_and_may_filter_it(town: Town) -> None:
    client = town.clients["supervisor"]
    assert client.get(reverse("ratings:warning")).context["figures"].total == 3
    second = client.get(reverse("ratings:warning"), {"station": town.city.second.pk})
    assert second.context["figures"].total == 1
    foreign = client.get(reverse("ratings:warning"), {"station": town.city.elsewhere.pk})
    assert foreign.status_code == 404  # never the whole bureau
    assert "Abroad Abattoir" not in foreign.content.decode()


def test_the_figures_are_those_of_the_ratings(town: Town) -> None:
    figures = town.clients["supervisor"].get(reverse("ratings:warning")).context["figures"]
    with scope_of_bureau(town.city.bureau):
        ratings = list(Rating.objects.filter(period_code=LATER.code, trial=False))
    for colour, count in figures.counts.items():
        assert count == sum(rating.colour == colour for rating in ratings)
    lost = sum(
        maximum - points
        for rating in ratings
        if rating.colour != "grey"
        for points, maximum in zip(rating.points, rating.maxima, strict=True)
        if points is not None and points < maximum
    )
    assert sum(figures.lost.values()) == lost
    assert figures.overdue == 1
    assert figures.on_time_rate == 0


def test_a_hand_over_changes_the_figures_of_both_stations(town: Town) -> None:
    client = town.clients["officer"]
    assert client.get(reverse("ratings:warning")).context["figures"].total == 2
    with scope_of_bureau(town.city.bureau):
        Enterprise.objects.filter(pk=town.steady.pk).update(station=town.city.second)
    assert client.get(reverse("ratings:warning")).context["figures"].total == 1


def test_search_and_direction_filter_the_list(town: Town) -> None:
    client, url = town.clients["officer"], reverse("ratings:warning")
    everything = client.get(url).context["found"]
    assert client.get(url, {"q": "fallen"}).context["found"] == 1
    assert client.get(url, {"q": "nobody is called so"}).context["found"] == 0
    down, up = (client.get(url, {"way": way}).context["found"] for way in ("down", "up"))
    assert down == 1
    assert down + up <= everything
    for sort in ("enterprise", "-score", "before", "-next"):
        assert client.get(url, {"sort": sort}).status_code == 200


def test_the_reason_is_shown_beside_the_colour(town: Town) -> None:
    told = page(town.clients["officer"], "warning")
    assert "HV" in told
    assert "Major hazard overdue for more than 30 days" in told


def test_nothing_rated_yet_says_what_to_do(people: dict[str, Client], city: City) -> None:
    assert "Go to the standards" in page(people["supervisor"], "warning")
    assert "bureau supervisor" in page(people["officer"], "warning")
    with station_scope(bureau_actor(city.bureau.pk).scope()):
        adopt_default_standard(actor=bureau_actor(city.bureau.pk))
    assert reverse("ratings:run_create") not in page(
        people["supervisor"], "warning"
    )  # nobody is on the register
    EnterpriseFactory(station=city.first)
    assert reverse("ratings:run_create") in page(people["supervisor"], "warning")


@pytest.mark.parametrize("query", [{"quarter": "2026Q9"}, {"quarter": "\x00"}, {"quarter": "1999Q1"}])
def test_an_invalid_quarter_is_not_found(town: Town, query: dict[str, str]) -> None:
    page(town.clients["officer"], "warning", status=404, **query)


@pytest.mark.parametrize(
    "query",
    [
        {"page": "9999"},
        {"q": "\x00"},
        {"q": "x" * 500},
        {"way": "sideways"},
    ],
)
def test_other_invalid_parameters_filter_nothing(town: Town, query: dict[str, str]) -> None:
    page(town.clients["supervisor"], "warning", **query)


@pytest.mark.parametrize("sort", ["nonsense", "\x00"])
def test_an_unknown_order_is_said_instead_of_rows(town: Town, sort: str) -> None:
    assert "A filter has an invalid value" in page(town.clients["officer"], "warning", sort=sort)


def test_htmx_gets_the_rows_of_the_quarter_alone(town: Town) -> None:
    client = town.clients["officer"]
    htmx = {"HX-Request": "true", "HX-Target": "results"}
    part = client.get(reverse("ratings:warning"), {"sort": "-score"}, headers=htmx).content.decode()
    assert part.strip().startswith('<div id="results">')
    assert "Fallen Foundry" in part
    assert (
        "Fallen Foundry"
        not in client.get(reverse("ratings:warning"), {"q": "nobody"}, headers=htmx).content.decode()
    )
    wrong = client.get(reverse("ratings:warning"), {"way": "sideways"}, headers=htmx).content.decode()
    assert "<html" not in wrong
    assert 'id="results"' in wrong


def test_the_number_of_queries_does_not_grow_with_rows(town: Town) -> None:
    client = town.clients["supervisor"]

    def statements() -> int:
        client.get(reverse("ratings:warning"))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("ratings:warning")).status_code == 200
        return len(captured)

    few = statements()
    with scope_of_bureau(town.city.bureau):
        pattern = Rating.objects.select_related("evaluation").get(
            enterprise_id=town.fallen.pk, period_code=LATER.code
        )
    for _number in range(12):
        enterprise = EnterpriseFactory(station=town.city.first)
        with scope_of_bureau(town.city.bureau):
            pattern.pk, pattern.enterprise = None, enterprise
            pattern._state.adding = True
            Rating.objects.bulk_create([pattern])
    assert statements() == few <= 18


# --- one rating ---------------------------------------------------------------------------------------------------


def test_a_rating_is_explained(strict_town: Town) -> None:
    town = strict_town
    told = page(town.clients["officer"], "rating", town.fallen.pk, LATER.code)
    for words in (
        "How it was decided",
        "red, whatever follows",
        "Hazards overdue on the last day",
        "Revisions",
    ):
        assert words in told
    assert reverse("desk:file_tab", args=[town.fallen.pk, "hazards"]) in told


@pytest.mark.parametrize("which", ["town", "strict_town"])
def test_the_steps_end_with_the_colour(which: str, request: pytest.FixtureRequest) -> None:
    town: Town = request.getfixturevalue(which)
    for enterprise in (town.fallen, town.steady, town.neighbour):
        for period in (EARLIER, LATER):
            url = reverse("ratings:rating", args=[enterprise.pk, period.code])
            why = town.clients["supervisor"].get(url).context["why"]
            assert [step.colour for step in why.steps if step.decided] == [why.rating.colour]
            assert why.steps[-1].colour == why.rating.colour
            for group in why.groups:
                assert group.share is None or abs(group.points - group.share * group.maximum) < 0.001


@pytest.mark.parametrize("period", ["2025Q9", "2019Q1", "nonsense"])
def test_a_rating_that_does_not_exist_is_not_found(town: Town, period: str) -> None:
    page(town.clients["officer"], "rating", town.fallen.pk, period, status=404)


def test_another_stations_rating_is_not_found(town: Town) -> None:
    page(town.clients["officer"], "rating", town.neighbour.pk, LATER.code, status=404)
    page(town.clients["officer_elsewhere"], "rating", town.fallen.pk, LATER.code, status=404)
    page(town.clients["supervisor_elsewhere"], "rating", town.fallen.pk, LATER.code, status=404)
    page(town.clients["supervisor"], "rating", 10**30, LATER.code, status=404)


# --- who may ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["warning", "runs", "standards"])
@pytest.mark.parametrize("who", ["department", "operator"])
def test_only_police_read(people: dict[str, Client], name: str, who: str) -> None:
    page(people[who], name, status=403)


@pytest.mark.parametrize("who", ["officer", "chief"])
def test_only_the_supervisor_writes(town: Town, who: str) -> None:
    client, run = town.clients[who], town.run()
    with scope_of_bureau(town.city.bureau):
        standard = Standard.objects.filter(bureau=town.city.bureau, code="default").get()
    for url in (
        reverse("ratings:run_create"),
        reverse("ratings:run_correct", args=[run.pk]),
        reverse("ratings:run_restart", args=[run.pk]),
        reverse("ratings:standard_create"),
        reverse("ratings:standard_adopt", args=[standard.pk]),
    ):
        assert client.post(url, {"text": SMALL, "reason": "x"}).status_code == 403
    assert "Start a run" not in page(client, "runs")
    assert "Adopt" not in page(client, "standard", standard.pk)


def test_another_bureau_finds_nothing(town: Town) -> None:
    client, run = town.clients["supervisor_elsewhere"], town.run()
    for name in ("run", "run_progress", "run_late", "run_correct"):
        page(client, name, run.pk, status=404)
    page(client, "standard", run.standard_id, status=404)
    page(client, "standard_adopt", run.standard_id, status=404)
    assert client.post(reverse("ratings:run_restart", args=[run.pk])).status_code == 404
    assert "Q2 2025" not in page(client, "runs")
    with scope_of_bureau(town.city.bureau):
        assert Adoption.objects.get(bureau=town.city.bureau, until_at=None).standard_id == run.standard_id
