"""The register changes during a run: enterprises handed over, added or removed are rated exactly once."""

from collections.abc import Callable, Iterator

import pytest
import time_machine

from enterprises.models import Enterprise
from enterprises.operations import hand_over, register_enterprise, set_inactive
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from ratings.models import Evaluation, Rating
from ratings.operations import open_evaluation, publish_standard, running
from tests.fixtures import City
from tests.ratings.conftest import NOW, Case, standard

pytestmark = pytest.mark.django_db(transaction=True)  # each batch commits by itself, as in a worker

PERIOD = Period(2026, 3)
Act = Callable[[Case, list[Enterprise]], object]


@pytest.fixture
def case(city: City, monkeypatch: pytest.MonkeyPatch) -> Iterator[Case]:
    """Without scope and transaction; one batch per station."""
    monkeypatch.setattr("ratings.operations.evaluations.SMALLEST_BATCH", 2)
    monkeypatch.setattr(running, "PUBLISHED_TOGETHER", 1)
    with time_machine.travel(NOW, tick=True):
        yield Case(city)


def rate_while(case: Case, act: Act, after: int) -> tuple[Evaluation, list[Enterprise]]:
    """Rate two enterprises at each station, with ``act`` happening after this many of four steps."""
    with station_scope(case.actor.scope()):
        case.adopt(standard())
        firms = [case.enterprise(station=[case.first, case.second][number % 2]) for number in range(4)]
        for firm, colour in zip(firms, ["green", "yellow", "red", "grey"], strict=True):
            case.deserve(firm, PERIOD.code, colour)
        opened = open_evaluation(actor=case.actor, period=PERIOD)
        assert opened.batches.count() == 2
    done = []

    def step(number: int, _of: int) -> None:
        if number == after and not done:
            done.append(number)
            with station_scope(case.actor.scope()):
                act(case, firms)

    running.run_evaluation(bureau_id=case.bureau.pk, evaluation_id=opened.pk, on_step=step)
    assert done
    with station_scope(case.actor.scope()):
        opened.refresh_from_db()
        assert (opened.state, opened.error) == ("complete", "")
        rated = list(Rating.objects.filter(evaluation=opened).values_list("enterprise_id", flat=True))
        assert len(rated) == len(set(rated)) == opened.registered == sum(opened.counts.values())
        for firm in firms:
            firm.refresh_from_db()
            assert (firm.colour, firm.rated_period) == (case.rating(firm, PERIOD.code).colour, PERIOD.code)
    return opened, firms


def move(number: int) -> Act:
    def act(case: Case, firms: list[Enterprise]) -> None:
        to = case.second if firms[number].station_id == case.first.pk else case.first
        hand_over(
            actor=case.actor,
            enterprise_id=firms[number].pk,
            to_station_id=to.pk,
            on=PERIOD.shift(1).start,
            reason="New limits",
        )

    return act


@pytest.mark.parametrize(
    ("number", "after"),
    [
        pytest.param(0, 1, id="rated, to a batch that waits"),
        pytest.param(1, 1, id="waiting, to a batch that is done"),
        pytest.param(0, 2, id="when all are rated"),
        pytest.param(0, 3, id="published, to a batch that waits to be"),
        pytest.param(1, 3, id="waiting to be published, to a batch that is"),
    ],
)
def test_who_is_handed_over_is_rated_and_published_once(case: Case, number: int, after: int) -> None:
    evaluation, firms = rate_while(case, move(number), after)
    assert evaluation.registered == 4
    with station_scope(case.actor.scope()):
        rating = case.rating(firms[number], PERIOD.code)
        stations = [case.first.pk, case.second.pk]
        assert rating.station_id == firms[number].station_id == stations[1 - number % 2]
        assert rating.rated_at_station_id == stations[number % 2]
        assert {firm.colour for firm in firms} == {"green", "yellow", "red", "grey"}


def test_who_joins_the_register_is_rated(case: Case) -> None:
    def act(case: Case, _firms: list[Enterprise]) -> None:
        register_enterprise(actor=case.actor, station_id=case.first.pk, name="Newcomer")

    evaluation, _firms = rate_while(case, act, 1)
    assert evaluation.registered == 5


def test_who_leaves_the_register_does_not_break_the_run(case: Case) -> None:
    def act(case: Case, firms: list[Enterprise]) -> None:
        set_inactive(
            actor=case.actor,
            enterprise_id=firms[0].pk,
            kind="closed",
            from_on=PERIOD.start,
            reason="Sold",
            over_records=True,
        )

    evaluation, _firms = rate_while(case, act, 1)
    assert evaluation.registered == 4


def test_the_digest_is_that_of_a_quiet_run(case: Case) -> None:
    """A trial by the same rules afterwards gives the same ratings, whatever was handed over meanwhile."""
    moved, _firms = rate_while(case, move(0), 1)
    with station_scope(case.actor.scope()):
        tried = publish_standard(actor=case.actor, text=standard("again"))
        quiet = open_evaluation(actor=case.actor, period=PERIOD, standard=tried)
    running.run_evaluation(bureau_id=case.bureau.pk, evaluation_id=quiet.pk)
    with station_scope(case.actor.scope()):
        quiet.refresh_from_db()
    assert (quiet.state, quiet.digest) == ("complete", moved.digest)
