"""A quarter of ten thousand enterprises with twenty subscriptions; real workers rate and push, receivers count."""

import datetime as dt
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from deliveries.models import Attempt, Receipt
from enterprises.models import Enterprise
from foundation.periods import Period
from foundation.tenancy.scope import station_scope
from inspections.models import Inspection
from ratings.models import Evaluation, Rating
from ratings.operations import adopt_standard, publish_standard
from ratings.operations.evaluations import bureau_actor
from service.models import Activity
from tests.deliveries.conftest import Line
from tests.deliveries.receivers import Tally, receiving
from tests.factories import BureauFactory, StationFactory
from tests.ratings.conftest import standard
from tests.ratings.processes import beat, celery
from tests.waiting import wait_until

LAST = Period.of(timezone.localdate()).shift(-1)
ENTERPRISES, STATIONS, SUBSCRIPTIONS, PER_MESSAGE = 10_000, 5, 20, 500
INDUSTRIES = ("A01", "C26", "C34", "H61")


def register(enterprises: int) -> tuple[Any, list[Any]]:
    """Create a bureau whose records give every colour."""
    bureau = BureauFactory(rates_from=LAST.code, cut_off_days=0)
    stations = [StationFactory(bureau=bureau) for _number in range(STATIONS)]
    actor = bureau_actor(bureau.pk)
    day = LAST.start + dt.timedelta(days=20)
    with station_scope(actor.scope()):
        published = publish_standard(actor=actor, text=standard(movement=""))
        adopt_standard(actor=actor, standard_id=published.pk)
        rows = Enterprise.objects.bulk_create(
            Enterprise(
                bureau=bureau,
                station=stations[number % STATIONS],
                name=f"E{number}",
                industry_code=INDUSTRIES[number % len(INDUSTRIES)],
            )
            for number in range(enterprises)
        )
        about = [{"enterprise": row, "station_id": row.station_id} for row in rows]
        Inspection.objects.bulk_create(
            Inspection(**each, inspected_on=day, conclusion="qualified")
            for each in about[enterprises // 10 :]
        )
        Activity.objects.bulk_create(
            Activity(**each, kind="training", held_on=day)
            for number, each in enumerate(about)
            for _training in range({0: 10, 1: 7}.get(number % 8, 0))
        )
    return bureau, stations


def filters(stations: list[Any]) -> list[dict[str, Any]]:
    """Return twenty departments' filters: everything, one colour, one station, one trade, first rating in a colour."""
    few: list[dict[str, Any]] = [{"colours": [colour]} for colour in ("green", "yellow", "red")]
    few += [{"stations": [station.pk]} for station in stations]
    few += [{"industries": [code]} for code in INDUSTRIES]
    few += [{"transitions": ["none>*"]}, {"transitions": ["none>red"]}, {"transitions": ["red>green"]}]
    return few + [{}] * (SUBSCRIPTIONS - len(few))


def wants(wanted: dict[str, Any], rating: Rating) -> bool:
    return (
        rating.colour in wanted.get("colours", [rating.colour])
        and rating.station_id in wanted.get("stations", [rating.station_id])
        and rating.enterprise.industry_code in wanted.get("industries", [rating.enterprise.industry_code])
        and any(step in ("none>*", f"none>{rating.colour}") for step in wanted.get("transitions", ["none>*"]))
    )


@pytest.mark.slow
@pytest.mark.drill
@pytest.mark.xdist_group("drills")
@pytest.mark.django_db(transaction=True)
def test_a_quarter_to_twenty_subscriptions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DELIVERIES_INTERVAL_S", "1")
    bureau, stations = register(ENTERPRISES)
    wanted = filters(stations)
    with ExitStack() as stack:
        lines = [Line(stack.enter_context(receiving(Tally)), bureau, **each) for each in wanted]
        for name in ("one", "two"):
            stack.enter_context(
                celery(
                    "worker",
                    "--pool",
                    "solo",
                    "--hostname",
                    f"{name}@quarter",
                    "--without-mingle",
                    "--without-gossip",
                    SECRET_KEY=settings.SECRET_KEY,
                    WEBHOOKS_PLAIN_HTTP="1",
                )
            )
        stack.enter_context(beat(tmp_path))

        def all_told() -> bool:
            with station_scope(bureau_actor(bureau.pk).scope()):
                run = Evaluation.objects.filter(bureau=bureau).first()
                if run is None or not run.is_complete:
                    return False
            return not any(line.now().waiting for line in lines)

        wait_until(all_told, 120)

    with station_scope(bureau_actor(bureau.pk).scope()):
        ratings = list(
            Rating.objects.filter(period_code=LAST.code)
            .select_related("enterprise")
            .only("colour", "station_id", "enterprise__industry_code")
        )
    assert len(ratings) == ENTERPRISES
    assert {rating.colour for rating in ratings} == {"green", "yellow", "red", "grey"}
    for line, each in zip(lines, wanted, strict=True):
        expected = {(rating.enterprise_id, rating.colour) for rating in ratings if wants(each, rating)}
        told = [rating for message in line.receiver.kept for rating in message["ratings"]]
        assert len(told) == len(expected), each
        assert set(told) == expected, each
        count = -(-len(expected) // PER_MESSAGE)
        assert line.receiver.sequences == list(range(1, count + 1)), "in order, none missing, none twice"
        parts = [(message["data"]["part"], message["data"]["parts"]) for message in line.receiver.kept]
        assert parts == [(number, count) for number in range(1, count + 1)]
        assert len({request["id"] for request in line.receiver.requests}) == count
        with line.scope():
            receipts = Receipt.objects.filter(subscription_id=line.pk)
            assert sum(receipts.values_list("size", flat=True)) == len(expected)
            assert not receipts.filter(delivered_at=None).exists()
            assert Attempt.objects.filter(subscription_id=line.pk).count() == count
