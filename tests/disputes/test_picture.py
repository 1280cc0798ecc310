"""The bureau's picture: each figure is the length of the list behind it, also after a correction; few say nothing."""

import random
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from disputes.agreements.performance import State
from disputes.agreements.reading import agreements_of
from disputes.models import Dispute
from disputes.operations import correct_dispute
from disputes.overview import picture, punctuality
from disputes.selectors import list_disputes
from tests.disputes.test_standing import agree
from tests.factories import DisputeFactory, EnterpriseFactory, FollowUpFactory, WayFactory, WayStepFactory
from tests.facts.people import Person, ago, chief, officer, supervisor, today
from tests.fixtures import City, scope_of

pytestmark = pytest.mark.django_db
PAGE = "disputes:picture"


def listed(person: Person, url: str) -> int:
    """Return how many disputes the list at an address has."""
    page = person.client.get(url)
    assert page.status_code == 200, url
    assert not page.context_data["invalid"], url
    count: int = page.context_data["table"].paginator.count
    return count


def figures_and_lists(person: Person, page: Any) -> list[tuple[str, int, int]]:
    """Return each figure of the page with the length of the list that it leads to."""
    context, found = page.context_data, []
    for row in (*context["rows"], context["all"]):
        for name in ("opened", "settled", "followed", "relapsed"):
            found.append((f"{row.name} {name}", getattr(row.counts, name), listed(person, row.urls[name])))
    for way, settled, failed in context["ways"]:
        found += [
            (f"{way.way} settled", way.settled, listed(person, settled)),
            (f"{way.way} failed", way.failed, listed(person, failed)),
        ]
    for kind in context["kinds"]:
        found.append((str(kind.label), kind.number, listed(person, kind.url)))
        cells = [(f"{kind.label} {each.month}", each.number, each.url) for each in kind.cells if each.url]
        found += [(name, number, listed(person, url)) for name, number, url in cells]
    found += [(firm.name, firm.disputes, listed(person, url)) for firm, url in context["firms"]]
    return found


def test_every_figure_is_the_length_of_the_list_it_opens(city: City) -> None:
    with scope_of(city.first, city.second):
        ours, theirs = EnterpriseFactory(station=city.first), EnterpriseFactory(station=city.second)
        for number in range(8):
            dispute = DisputeFactory(
                enterprise=ours,
                kind=("wages", "contract")[number % 2],
                opened_on=ago(40 + number),
                settled_on=ago(10) if number < 6 else None,
            )
            of = {"dispute": dispute, "enterprise": ours}
            first = WayFactory(**of, kind="police", from_on=ago(39))
            if number in (1, 2):  # another way followed; one of them was settled on it
                WayFactory(**of, kind="peoples", from_on=ago(30))
            if number in (3, 7):  # failed; one was settled on the same way in the end
                WayStepFactory(**of, way=first, kind="failed", on=ago(20))
            if number < 6:
                FollowUpFactory(
                    **of, done_on=ago(3), reached=number != 1, reopened=True if number == 2 else None
                )
        DisputeFactory(enterprise=theirs, opened_on=ago(20))
        DisputeFactory(enterprise=theirs, opened_on=ago(900), settled_on=ago(800))  # before the twelve months
        DisputeFactory(
            enterprise=theirs, opened_on=ago(9), voided_at="2026-01-01T00:00Z", void_reason="Twice"
        )
    bureau = supervisor(city.bureau)
    cache.clear()
    with CaptureQueriesContext(connection) as statements:
        page = bureau.get(PAGE)
    assert page.status_code == 200
    assert len(statements) <= 18
    whole = page.context_data["all"].counts
    assert (whole.opened, whole.settled, whole.followed, whole.relapsed) == (9, 6, 5, 1)
    assert whole.median == 32.5
    ways = {each.way.value: (each.settled, each.failed) for each, *_urls in page.context_data["ways"]}
    assert ways["police"] == (4, 3)
    assert ways["peoples"] == (2, 0)
    (second,) = [row for row in page.context_data["rows"] if row.name == city.second.name]
    assert (second.counts.settled_share, second.counts.median) == (None, None)  # too few to say
    for name, figure, length in figures_and_lists(bureau, page):
        assert figure == length, name

    one = next(each for each in list_of(city, ours.pk) if each.kind == "wages")
    officer(city.first).act(
        correct_dispute,
        id=one.pk,
        version=None,
        reason="Another kind",
        kind="labour",
        opened_on=ago(100),
    )
    cache.clear()  # the bureau's figures are kept for a minute
    again = bureau.get(PAGE)
    for name, figure, length in figures_and_lists(bureau, again):
        assert figure == length, name
    kinds = {str(row.label): row.number for row in again.context_data["kinds"]}
    assert kinds["Labour relations"] == 1

    assert [row.name for row in chief(city.first).get(PAGE).context_data["rows"]] == [city.first.name]
    assert officer(city.first).get(PAGE).status_code == 403
    assert bureau.get(PAGE, quarter="nonsense").status_code == 404
    assert bureau.get(PAGE, quarter="2020Q1").context_data["all"].counts.opened == 0


def list_of(city: City, enterprise_id: int) -> list[Dispute]:
    with scope_of(city.first):
        return list(Dispute.objects.filter(enterprise_id=enterprise_id).order_by("pk"))


@pytest.mark.parametrize("seed", [4, 5])
def test_instalments_on_time_are_those_of_each_agreement(city: City, seed: int) -> None:
    """Payments of any day, named or not: how many instalments were on time, and which disputes had one that was not."""
    chance = random.Random(seed)
    with scope_of(city.first):
        enterprise = EnterpriseFactory(station=city.first)
        for _number in range(40):
            dispute = DisputeFactory(enterprise=enterprise, opened_on=ago(60))
            agree(chance, {"dispute": dispute, "enterprise": enterprise})
    person = officer(city.first)
    with scope_of(city.first):
        due = on_time = 0
        late = set()
        for dispute in list_disputes(person.actor):
            found = agreements_of(dispute).in_force
            if found is None or found.agreement.effective_on is None:
                continue
            for each in found.performance_on(today()).standings:
                if each.instalment.due_on < today():
                    due += 1
                    on_time += each.state == State.ON_TIME
                    late |= {dispute.pk} if each.state != State.ON_TIME else set()
        rows = picture.opened_in(person.actor, ago(99), today())
        counts = picture.by_station(rows)[0]
        behind = set(rows.filter(punctuality.with_instalments("late", today())).values_list("pk", flat=True))
    assert 0 < on_time < due
    assert (counts.due, counts.on_time) == (due, on_time)
    assert behind == late
