"""What a publication writes: recipients, content and order, in the publication's own transaction."""

import datetime as dt
import json
import threading
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction

from deliveries.models import Event, Receipt, Subscription
from deliveries.operations import publishing
from deliveries.operations.publishing import announce
from disputes.models import Dispute
from enterprises.models import Enterprise
from foundation.accounts.models import Department
from foundation.tenancy.scope import station_scope
from ratings.models import Evaluation, Rating
from ratings.operations import correct_ratings, issue_interim_vetoes
from ratings.operations.evaluations import bureau_actor
from tests.factories import (
    ActivityFactory,
    BureauFactory,
    DepartmentFactory,
    EnterpriseFactory,
    EvaluationFactory,
    IncidentFactory,
    RatingFactory,
    StationFactory,
    SubscriptionFactory,
)
from tests.ratings.conftest import Case, standard
from tests.waiting import patience


@pytest.fixture
def department(case: Case) -> Department:
    return DepartmentFactory(bureau=case.bureau)


def told(subscription: Subscription) -> list[dict[str, Any]]:
    """Return the payloads of a subscription, in order. Needs the bureau's scope."""
    return [event.payload for event in Event.objects.filter(subscription=subscription).order_by("sequence")]


def names(subscription: Subscription) -> set[str]:
    return {rating["name"] for payload in told(subscription) for rating in payload["data"]["ratings"]}


def test_a_quarter_is_published_as_a_snapshot(case: Case, department: Department) -> None:
    case.adopt(standard())
    enterprise = case.enterprise(name="宏远机械", credit_code="91350100M000100Y43", industry_code="C34")
    case.deserve(enterprise, "2026Q2", "green")
    case.deserve(enterprise, "2026Q3", "yellow")
    Dispute.objects.create(
        enterprise=enterprise,
        station=case.first,
        kind="wages",
        opened_on="2026-08-01",
        summary="Secret quarrel",
    )
    case.rate("2026Q2")
    subscription = SubscriptionFactory(department=department)
    evaluation = case.rate("2026Q3")
    (payload,) = told(subscription)
    data = payload["data"]
    assert payload["type"] == "rating.published"
    assert (data["period"], data["cause"], data["sequence"], data["part"], data["parts"]) == (
        "2026Q3",
        "regular",
        1,
        1,
        1,
    )
    assert (data["evaluation"], data["subscription"]) == (evaluation.pk, subscription.pk)
    (rating,) = data["ratings"]
    assert rating == {
        "enterprise": enterprise.pk,
        "name": "宏远机械",
        "credit_code": "91350100M000100Y43",
        "site": "",
        "industry": "C34",
        "station": {"code": case.first.code, "name": case.first.name},
        "colour": "yellow",
        "previous_colour": "green",
        "score": 70.0,
        "groups": {"G": 0.7},
        "reasons": [{"criterion": "G1", "reason": "lost", "points_lost": 30}],
        "decided_by": "",
        "flags": [],
        "revision": 1,
        "replaces": None,
    }
    assert "Secret" not in json.dumps(payload)
    subscription.refresh_from_db()
    assert subscription.last_sequence == 1
    receipt = Receipt.objects.get(subscription=subscription)
    assert (receipt.sequence, receipt.size, receipt.period_code, receipt.kind) == (
        1,
        1,
        "2026Q3",
        "rating.published",
    )


AWKWARD = 'Fire "1" \\ 火 \t}}]'


def test_the_text_of_a_message_stays_in_its_order_and_shape(case: Case, department: Department) -> None:
    """Receivers parse it, and their logs and signatures cover its bytes."""
    case.bureau.name = AWKWARD
    case.bureau.save()
    case.adopt(standard())
    for number in (1, 2):
        case.deserve(case.enterprise(name=f"{AWKWARD}{number}"), "2026Q3", "green")
    subscription = SubscriptionFactory(department=department)
    evaluation = case.rate("2026Q3")
    (event,) = Event.objects.filter(subscription=subscription)
    head, ratings = event.body.split(',"ratings":', 1)
    data = {
        "bureau": {"code": case.bureau.code, "name": AWKWARD},
        "period": "2026Q3",
        "period_start": "2026-07-01",
        "period_end": "2026-09-30",
        "effective_on": evaluation.effective_on.isoformat(),
        "evaluation": evaluation.pk,
        "cause": "regular",
        "standard": {"code": "trainings", "version": 1},
        "group_codes": ["G"],
        "subscription": subscription.pk,
        "sequence": 1,
        "part": 1,
        "parts": 1,
    }
    about = {"type": "rating.published", "timestamp": event.payload["timestamp"], "data": data}
    assert head + "}}" == json.dumps(about, ensure_ascii=False, separators=(",", ":"))
    told_at = dt.datetime.fromisoformat(event.payload["timestamp"])
    assert (told_at.utcoffset(), told_at) == (dt.timedelta(0), event.created_at.replace(microsecond=0))
    assert ratings.startswith('[{"enterprise" : ')
    assert ratings.endswith(', "replaces" : null}]}}')
    assert [each["name"] for each in json.loads(ratings.removesuffix("}}"))] == [f"{AWKWARD}1", f"{AWKWARD}2"]


def test_each_subscription_gets_its_part(case: Case, department: Department) -> None:
    case.adopt(standard())
    for name, station, industry, before, now in (
        ("mine", case.first, "B0610", "green", "red"),
        ("mill", case.first, "C3411", "yellow", "yellow"),
        ("shop", case.second, "F52", "red", "red"),
        ("new", case.second, "C26", None, "green"),
    ):
        since = None if before else dt.date(2026, 7, 1)
        enterprise = case.enterprise(name=name, station=station, industry_code=industry, registered_on=since)
        if before:
            case.deserve(enterprise, "2026Q2", before)
        case.deserve(enterprise, "2026Q3", now, qualified=True)
    case.rate("2026Q2")

    def subscribe(**filters: Any) -> Subscription:
        return SubscriptionFactory(department=department, **filters)

    wanted = {
        subscribe(): {"mine", "mill", "shop", "new"},
        subscribe(stations=[case.second.pk]): {"shop", "new"},
        subscribe(industries=["C", "B06"]): {"mine", "mill", "new"},
        subscribe(industries=["C3"]): {"mill"},
        subscribe(colours=["red"]): {"mine", "shop"},
        subscribe(colours=["red"], stations=[case.first.pk]): {"mine"},
        subscribe(transitions=["green>red", "red>yellow"]): {"mine"},
        subscribe(transitions=["*>red"]): {"mine"},  # shop stays red, which a star never means
        subscribe(transitions=["*>red", "red>red"]): {"mine", "shop"},
        subscribe(transitions=["red>*"]): set(),
        subscribe(transitions=["none>*"]): {"new"},
        subscribe(active=False): set(),
        subscribe(topics=[]): set(),
        subscribe(colours=["grey"]): set(),
    }
    elsewhere = SubscriptionFactory()
    case.rate("2026Q3")
    colours = {each.name: case.rating(each, "2026Q3").colour for each in Enterprise.objects.all()}
    assert colours == {"mine": "red", "mill": "yellow", "shop": "red", "new": "green"}
    for subscription, expected in wanted.items():
        assert names(subscription) == expected, vars(subscription)
        subscription.refresh_from_db()
        assert subscription.last_sequence == bool(expected)
    with station_scope(bureau_actor(elsewhere.bureau_id).scope()):
        assert not Event.objects.exists()


def test_many_ratings_make_several_messages(
    case: Case, department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "RATINGS_PER_MESSAGE", 4)
    case.adopt(standard())
    enterprises = [case.enterprise(station=(case.first, case.second)[n % 2]) for n in range(10)]
    subscription = SubscriptionFactory(department=department, last_sequence=7, last_delivered=7)
    case.rate("2026Q3")
    parts = told(subscription)
    assert [(p["data"]["sequence"], p["data"]["part"], p["data"]["parts"]) for p in parts] == [
        (8, 1, 3),
        (9, 2, 3),
        (10, 3, 3),
    ]
    ids = [rating["enterprise"] for part in parts for rating in part["data"]["ratings"]]
    assert [len(part["data"]["ratings"]) for part in parts] == [4, 4, 2]
    assert sorted(ids) == sorted(each.pk for each in enterprises)
    assert {rating["score"] for part in parts for rating in part["data"]["ratings"]} == {None}  # all are grey
    assert len(set(Event.objects.values_list("message_id", flat=True))) == 3


def test_a_trial_notifies_nobody(case: Case, department: Department) -> None:
    case.adopt(standard())
    case.enterprise()
    subscription = SubscriptionFactory(department=department)
    case.rate("2026Q3", text=standard(code="other"))
    assert told(subscription) == []


def test_a_correction_notifies_earlier_recipients(case: Case, department: Department) -> None:
    case.adopt(standard(movement=""))
    enterprise, other = case.enterprise(name="corrected"), case.enterprise(name="stands")
    for each in (enterprise, other):
        case.deserve(each, "2026Q3", "red")
    reds, greens = (
        SubscriptionFactory(department=department, colours=[colour]) for colour in ("red", "green")
    )
    steps = SubscriptionFactory(department=department, transitions=["red>green"])
    regular = case.rate("2026Q3")
    case.deserve(enterprise, "2026Q3", "green")
    opened = correct_ratings(actor=case.actor, evaluation_id=regular.pk, reason="Zhang San had quarrelled")
    case.run(opened)
    assert [payload["type"] for payload in told(reds)] == ["rating.published", "rating.revised"]
    assert len(told(reds)[0]["data"]["ratings"]) == 2
    for subscription, sequence in ((reds, 2), (greens, 1), (steps, 1)):
        payload = told(subscription)[-1]
        (rating,) = payload["data"]["ratings"]
        assert payload["type"] == "rating.revised"
        assert (payload["data"]["cause"], payload["data"]["sequence"]) == ("correction", sequence)
        assert (rating["name"], rating["colour"], rating["revision"]) == ("corrected", "green", 2)
        assert rating["replaces"] == {"colour": "red", "score": 10.0, "revision": 1}
        assert "Zhang" not in json.dumps(payload)


def test_earlier_recipients_get_the_revision_though_the_filters_changed(
    case: Case, department: Department
) -> None:
    case.adopt(standard(movement=""))
    enterprise = case.enterprise(name="corrected", industry_code="C34")
    case.deserve(enterprise, "2026Q3", "red")
    narrowed = [SubscriptionFactory(department=department) for _filter in range(4)]
    never = SubscriptionFactory(department=department, industries=["F"])
    regular = case.rate("2026Q3")
    for row, filters in zip(
        narrowed,
        (
            {"whole_bureau": False, "stations": [case.second.pk]},
            {"industries": ["F"]},
            {"colours": ["yellow"]},
            {"transitions": ["*>red"]},
        ),
        strict=True,
    ):
        Subscription.objects.filter(pk=row.pk).update(**filters)
    case.deserve(enterprise, "2026Q3", "green")
    case.run(correct_ratings(actor=case.actor, evaluation_id=regular.pk, reason="Found"))
    for row in narrowed:
        (rating,) = told(row)[-1]["data"]["ratings"]
        assert (len(told(row)), rating["colour"], rating["replaces"]["colour"]) == (2, "green", "red")
    assert told(never) == []


def test_a_correction_of_mere_measures_is_not_sent(case: Case, department: Department) -> None:
    """More than ten trainings earn no more points: the department would read what it has read already."""
    case.adopt(standard(movement=""))
    same, other = case.enterprise(name="same"), case.enterprise(name="changed")
    case.deserve(same, "2026Q3", "green")
    case.deserve(other, "2026Q3", "red")
    subscription = SubscriptionFactory(department=department)
    regular = case.rate("2026Q3")
    ActivityFactory(enterprise=same, kind="training", held_on=dt.date(2026, 9, 1))
    correction = case.run(correct_ratings(actor=case.actor, evaluation_id=regular.pk, reason="Late"))
    assert case.rating(same, "2026Q3").evaluation_id == correction.pk  # a revision all the same
    assert len(told(subscription)) == 1
    ActivityFactory(enterprise=same, kind="training", held_on=dt.date(2026, 9, 2))
    case.deserve(other, "2026Q3", "green")
    case.run(correct_ratings(actor=case.actor, evaluation_id=regular.pk, reason="Late"))
    (rating,) = told(subscription)[-1]["data"]["ratings"]
    assert (len(told(subscription)), rating["name"]) == (2, "changed")


def test_colour_and_step_fit_the_same_state(case: Case, department: Department) -> None:
    """Only green, and only what turned red: nothing is both, before or after."""
    case.adopt(standard(movement=""))
    enterprise = case.enterprise()
    case.deserve(enterprise, "2026Q3", "green")
    nothing = SubscriptionFactory(department=department, colours=["green"], transitions=["*>red"])
    regular = case.rate("2026Q3")
    IncidentFactory(
        enterprise=enterprise,
        kind="death",
        occurred_on=dt.date(2026, 8, 3),
        verified_on=dt.date(2026, 8, 4),
        at_fault=True,
    )
    case.run(correct_ratings(actor=case.actor, evaluation_id=regular.pk, reason="Found"))
    assert case.rating(enterprise, "2026Q3").colour == "red"
    assert told(nothing) == []


def test_an_interim_veto_is_published_the_same_day(case: Case, department: Department) -> None:
    case.adopt(standard())
    enterprise = case.enterprise()
    case.deserve(enterprise, "2026Q3", "green")
    subscription = SubscriptionFactory(department=department)
    case.rate("2026Q3")
    IncidentFactory(
        enterprise=enterprise,
        kind="death",
        occurred_on=dt.date(2026, 11, 20),
        verified_on=dt.date(2026, 11, 21),
        at_fault=True,
    )
    assert issue_interim_vetoes(bureau=case.bureau) is not None
    payload = told(subscription)[-1]
    (rating,) = payload["data"]["ratings"]
    assert (payload["type"], payload["data"]["cause"]) == ("rating.revised", "interim")
    assert (rating["colour"], rating["decided_by"]) == ("red", "V1")
    assert rating["replaces"]["colour"] == "green"
    assert issue_interim_vetoes(bureau=case.bureau) is None
    assert len(told(subscription)) == 2


def test_a_run_processed_again_notifies_nobody_twice(case: Case, department: Department) -> None:
    case.adopt(standard())
    case.enterprise()
    subscription = SubscriptionFactory(department=department)
    evaluation = case.rate("2026Q3")
    case.run(evaluation)
    assert len(told(subscription)) == 1


def test_a_run_is_not_published_without_its_messages(
    case: Case, department: Department, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Events and publication are one transaction: both or neither."""
    case.adopt(standard())
    case.enterprise()
    SubscriptionFactory(department=department)

    def broken(*_arguments: Any) -> Any:
        raise IntegrityError("invented")

    monkeypatch.setattr(publishing, "_statement", broken)
    evaluation = case.rate("2026Q3")
    assert (evaluation.state, evaluation.error) == ("failed", "invented")
    assert not Event.objects.exists()


# --- two publishers at once ------------------------------------------------------------------------------------------


def publisher(evaluation: Evaluation, started: threading.Barrier, errors: list[Exception]) -> None:
    try:
        started.wait(patience(30))
        with station_scope(bureau_actor(evaluation.bureau_id).scope()):
            announce(sender=Evaluation, evaluation=evaluation)
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.05)")  # so that the other one is certainly running
    except Exception as error:  # noqa: BLE001 (the test's own thread checks it)
        errors.append(error)
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_numbers_have_no_gap_under_concurrent_publishers_and_rollbacks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(publishing, "RATINGS_PER_MESSAGE", 2)
    monkeypatch.setattr("deliveries.tasks.push_due.delay", lambda *_arguments: None)
    bureau = BureauFactory()
    station = StationFactory(bureau=bureau)
    enterprises = EnterpriseFactory.create_batch(5, station=station)
    subscriptions = [SubscriptionFactory(department=DepartmentFactory(bureau=bureau)) for _number in range(3)]
    evaluations = [
        EvaluationFactory(bureau=bureau, kind="correction", run=run, state="complete", criteria=["B2"])
        for run in range(2, 8)
    ]
    for evaluation in evaluations:
        for enterprise in enterprises:
            RatingFactory(
                evaluation=evaluation,
                enterprise=enterprise,
                revision=evaluation.run,
                reasons=["lost"],
                score=evaluation.run,  # each differs from the one before, or it would not be sent
            )
    errors: list[Exception] = []
    for pair in (evaluations[:2], evaluations[2:4], evaluations[4:]):
        with station_scope(bureau_actor(bureau.pk).scope()):
            announce(sender=Evaluation, evaluation=pair[0])
            transaction.set_rollback(True)  # a publication that is rolled back leaves no gap
        started = threading.Barrier(len(pair))
        threads = [threading.Thread(target=publisher, args=(each, started, errors)) for each in pair]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(patience(60))
    assert errors == []
    with station_scope(bureau_actor(bureau.pk).scope()):
        for subscription in subscriptions:
            subscription.refresh_from_db()
            events = Event.objects.filter(subscription=subscription).order_by("sequence")
            numbers = [(event.sequence, event.payload["data"]["sequence"]) for event in events]
            assert numbers == [(n, n) for n in range(1, 19)]
            assert subscription.last_sequence == 18
        assert Rating.objects.count() == 30
        assert Event.objects.count() == 54


def test_invented_data_say_so(case: Case, department: Department, settings: Any) -> None:
    case.adopt(standard())
    case.deserve(case.enterprise(), "2026Q2", "green")
    subscription = SubscriptionFactory(department=department)
    case.rate("2026Q2")
    settings.SANDBOX_BUREAUS = [case.bureau.code]
    case.rate("2026Q3")
    assert ["sandbox" in payload["data"] for payload in told(subscription)] == [False, True]
    assert told(subscription)[1]["data"]["sandbox"] is True
