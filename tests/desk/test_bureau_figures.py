"""The bureau page: each figure counts what its list shows; a large bureau's figures are cached with their time."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone
from django.utils.html import escape

from desk import bureau_figures, views
from desk.comparing import Figures
from desk.tasks import count_groups, count_quarters
from enterprises.models import Enterprise
from enterprises.operations import hand_over
from foundation.accounts.choices import Role
from foundation.periods import Period
from ratings.models import Evaluation
from ratings.operations.standards import shipped_standards
from ratings.standards.parsing import parse
from tests.factories import (
    EnterpriseFactory,
    EvaluationFactory,
    HazardFactory,
    InspectionFactory,
    LiaisonFactory,
    RatingFactory,
    RoleGrantFactory,
)
from tests.facts.people import Person, ago, today
from tests.fixtures import City

BEFORE, LAST = Period(2026, 1), Period(2026, 2)
LINES = parse(shipped_standards()["hazards-only"]).line_codes[:2]  # of the standard that the factory makes
# 110199 and H99 are in no table: a district of the bureau's own, a class of another standard
PLACES = (("110105", "建外街道"), ("110105", ""), ("110199", "建外街道"), ("110100", ""), ("", ""))
INDUSTRIES = ("C3670", "C", "C3", "H9910", "")


@dataclass
class Bureau:
    """Thirteen enterprises that differ in all that is compared, and their ratings in two quarters."""

    supervisor: Person
    enterprises: list[Enterprise]
    last: Evaluation
    corrected: Evaluation


def run(city: City, period: Period, kind: str = "regular", number: int = 1) -> Evaluation:
    return EvaluationFactory(
        bureau=city.bureau,
        period_code=period.code,
        kind=kind,
        run=number,
        state="complete",
        criteria=LINES,
    )


@pytest.fixture
def bureau(city: City) -> Bureau:
    cache.clear()
    made: list[Enterprise] = []
    for number in range(13):
        (area, street), code = PLACES[number % 5], ("C36" if number == 2 else INDUSTRIES[(number // 2) % 5])
        station = city.second if number % 3 == 2 else city.first
        colour = ("green", "yellow", "red", "grey")[number % 4]
        code = "" if code == "C3" else code
        made.append(
            EnterpriseFactory(
                station=station, division_code=area, street=street, industry_code=code, colour=colour
            )
        )
    EnterpriseFactory(station=city.elsewhere, division_code="110105", industry_code="C3670", colour="red")
    for enterprise in made[::2]:
        LiaisonFactory(enterprise=enterprise)
    for number, enterprise in enumerate(made):
        HazardFactory(
            enterprise=enterprise,
            found_on=ago(20 + 30 * number),
            due_on=ago(15) if number % 2 else ago(19 + 30 * number),
            **[{}, {"closed_on": ago(16)}, {"rectified_on": ago(16)}, {"closed_on": ago(14)}][number % 4],
        )
        InspectionFactory(enterprise=enterprise, inspected_on=ago(60 * number))
    RoleGrantFactory(role=Role.OFFICER, station=city.first)
    first, last = run(city, BEFORE), run(city, LAST)
    corrected = run(city, LAST, "correction", 2)
    colours = ("green", "yellow", "red", "grey")
    for number, enterprise in enumerate(made[:12]):
        was, now = colours[number % 3], colours[(number * 3 + number // 4) % 4]
        RatingFactory(enterprise=enterprise, evaluation=first, colour=was, points=[1, 2], maxima=[3, 2])
        RatingFactory(
            enterprise=enterprise,
            evaluation=last,
            colour=now,
            previous_colour=was,
            points=[0 if number % 2 else 3, 2],
            maxima=[3, 2],
        )
    RatingFactory(
        enterprise=made[0],
        evaluation=corrected,
        revision=2,
        colour="red",
        previous_colour="green",
        points=[3, 1],
        maxima=[3, 2],
    )
    return Bureau(Person(Role.SUPERVISOR, bureau=city.bureau), made, last, corrected)


def figures_of(each: Figures) -> Iterator[tuple[int, str]]:
    """Yield the figures of a group with their lists."""
    urls = each.urls
    yield each.enterprises, urls["all"]
    yield from ((number, urls[colour]) for colour, number in each.colours.items())
    for name in ("without_liaison", "inspected", "not_inspected", "overdue", "judged", "late"):
        yield getattr(each, name), urls[name]
    yield each.down, each.rated(LAST.code, way="down")
    yield each.up, each.rated(LAST.code, way="up")


def listed(person: Person, url: str) -> int:
    answer = person.client.get(url)
    assert answer.status_code == 200, url
    context = answer.context
    assert not context.get("invalid"), (url, context["invalid"])
    if context.get("is_empty"):
        return 0
    number: int = context["total"] if "total" in context else context["table"].paginator.count
    return number


@pytest.mark.parametrize("by", ["station", "area", "street", "class"])
def test_each_figure_counts_what_its_list_shows(bureau: Bureau, by: str) -> None:
    page = bureau.supervisor.get("desk:bureau", by=by)
    text, rows = page.content.decode(), [each["figures"] for each in page.context["rows"]]
    assert sum(each.enterprises for each in rows) == 13
    assert sum(each.down for each in rows) * sum(each.up for each in rows) * sum(e.late for e in rows)
    wrong, asked = [], set()
    for each in rows:
        for number, url in figures_of(each):
            if not url or not number or url in asked:
                continue
            asked.add(url)
            assert escape(url) in text, url
            if (found := listed(bureau.supervisor, url)) != number:
                wrong.append(f"{each.name} {number}, but {found}: {url}")
    assert not wrong
    if by == "station":
        for each in rows:
            work = bureau.supervisor.get("desk:station_today", each.key[0])
            assert work.context["total"] == each.open_work > 0
    else:  # a city beside its districts and a section beside its classes have no list of their own
        assert {each.key[0] for each in rows if not each.is_exact} == {
            "area": {"110100"},
            "street": {"110100"},
            "class": {"C"},
        }[by]


def test_quarters_and_losses_count_what_their_lists_show(bureau: Bureau, city: City) -> None:
    page = bureau.supervisor.get("desk:bureau")
    columns = {each.period: each for each in page.context["picture"]}
    assert len(columns) == 8
    assert (columns[LAST.shift(-2)].total, columns[BEFORE].total, columns[LAST].total) == (0, 12, 12)
    for column in (columns[BEFORE], columns[LAST]):
        for colour, number in column.counts.items():
            assert listed(bureau.supervisor, column.urls[colour]) == number
    losses = {each["loss"].code: each for each in page.context["losses"]}
    for each in losses.values():
        assert listed(bureau.supervisor, each["url"]) == each["loss"].losers > 0
    assert losses[LINES[1]]["loss"].losers == 1  # by the correction alone
    assert losses[LINES[0]]["loss"].change < 0 < losses[LINES[1]]["loss"].change
    of = bureau.supervisor.get("desk:bureau", of=city.second.pk).context
    assert 0 < of["losses"][0]["loss"].losers < losses[LINES[0]]["loss"].losers
    assert listed(bureau.supervisor, of["losses"][0]["url"]) == of["losses"][0]["loss"].losers
    # a hand-over takes the past along, as the lists do
    before = of["picture"][-1].total
    bureau.supervisor.act(
        hand_over,
        enterprise_id=bureau.enterprises[0].pk,
        to_station_id=city.second.pk,
        on=today(),
        reason="m",
    )
    of = bureau.supervisor.get("desk:bureau", of=city.second.pk).context
    assert of["picture"][-1].total == before + 1 == listed(bureau.supervisor, of["picture"][-1].urls["all"])


# --- a large bureau ---------------------------------------------------------------------------------------------------


@pytest.fixture
def asked(city: City, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Make two enterprises count as large; return what workers were asked to count."""
    cache.clear()
    found: list[Any] = []
    monkeypatch.setattr(bureau_figures, "LARGE", 2)
    for name in ("count_groups", "count_quarters"):

        def delay(*arguments: Any, name: str = name) -> None:
            found.append((name, *arguments))

        monkeypatch.setattr(views, name, type("Task", (), {"delay": staticmethod(delay)}))
    EnterpriseFactory(station=city.first, colour="red"), EnterpriseFactory(station=city.second)
    return found


def seen(person: Person, **query: Any) -> Any:
    answer = person.get("desk:bureau", **query)
    assert answer.status_code == 200
    return answer.context


def test_kept_figures_are_shown_with_their_time_and_counted_anew_by_a_worker(
    city: City, asked: list[Any], monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    supervisor = Person(Role.SUPERVISOR, bureau=city.bureau)
    first = seen(supervisor)
    assert (first["counted_at"], first["total"].enterprises) == (None, 2)
    EnterpriseFactory(station=city.first, colour="red")
    city.first.name = "Renamed"
    city.first.save()
    with django_capture_on_commit_callbacks(execute=True):
        kept = seen(supervisor)
    assert (kept["total"].enterprises, asked) == (2, [])  # recent enough
    assert kept["counted_at"] is not None
    assert "Renamed" in {each["figures"].name for each in kept["rows"]}
    later = timezone.now() + dt.timedelta(minutes=2)
    with monkeypatch.context() as patch:
        patch.setattr(bureau_figures.timezone, "now", lambda: later)
        with django_capture_on_commit_callbacks(execute=True):
            assert [seen(supervisor)["total"].enterprises for _time in range(2)] == [2, 2]
    assert asked == [("count_groups", city.bureau.pk, "station")]  # at most once a minute
    count_groups(city.bureau.pk, "station")
    assert seen(supervisor)["total"].enterprises == 3


def test_past_quarters_of_a_large_bureau_are_counted_by_a_worker(
    bureau: Bureau, city: City, asked: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        first = seen(bureau.supervisor)
    assert (first["is_counting"], first["is_counting_losses"]) == (True, True)
    assert asked == [("count_quarters", city.bureau.pk)]
    count_quarters(city.bureau.pk)
    then = seen(bureau.supervisor)
    assert (then["is_counting"], then["picture"][-1].total, len(then["losses"])) == (False, 12, 2)


def test_a_small_bureau_is_counted_for_each_request_and_no_bureau_sees_anothers(
    city: City, asked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    supervisor, stranger = (Person(Role.SUPERVISOR, bureau=each) for each in (city.bureau, city.other_bureau))
    monkeypatch.setattr(bureau_figures, "LARGE", 3)
    assert (seen(supervisor)["total"].enterprises, "total" in seen(stranger)) == (2, True)
    assert seen(stranger)["total"].enterprises == 0
    EnterpriseFactory(station=city.first)
    assert (seen(supervisor)["total"].enterprises, seen(stranger)["total"].enterprises) == (3, 0)
