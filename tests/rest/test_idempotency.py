"""A request sent several times has one effect."""

import datetime as dt
import threading
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connections
from django.utils import timezone

from deliveries.models import Subscription
from foundation.accounts.actors import system_actor
from foundation.accounts.keys import actor_of
from foundation.accounts.models import Department
from foundation.rest.models import StoredAnswer
from foundation.rest.tasks import forget_stored_answers
from foundation.tenancy.scope import station_scope
from tests.factories import BureauFactory, DepartmentFactory, StationFactory, StoredAnswerFactory
from tests.rest.conftest import World
from tests.rest.endpoints import Subscriptions
from tests.rest.keys import ApiClient, key_of
from tests.rest.test_problems import problem
from tests.waiting import patience

PATH = "/api/v1/tests/subscriptions/"


def titles(department: Department) -> list[str]:
    with station_scope(system_actor(bureau_id=department.bureau_id, stations=[0]).scope()):
        return sorted(Subscription.objects.values_list("title", flat=True))


def send(client: ApiClient, token: str | None, title: str = "Reds", path: str = PATH) -> Any:
    headers = {} if token is None else {"HTTP_IDEMPOTENCY_KEY": token}
    return client.post(path, {"title": title}, **headers)


def test_sent_again_it_is_answered_again(world: World) -> None:
    client = world.client()
    first, again = send(client, "one"), send(client, "one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again["Content-Type"] == first["Content-Type"]
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert titles(world.fire) == ["Reds"]
    assert send(client, "two").json() != first.json()
    assert send(client, None).json() != first.json()
    assert titles(world.fire) == ["Reds"] * 3


def test_another_request_is_refused(world: World) -> None:
    client = world.client()
    send(client, "one")
    problem(send(client, "one", "Yellows"), 422, "idempotency-key-reused")
    problem(send(client, "one", path=f"{PATH}?x=1"), 422, "idempotency-key-reused")
    problem(send(client, "one", path="/api/v1/tests/failing/wrong_state/"), 422, "idempotency-key-reused")
    assert titles(world.fire) == ["Reds"]


@pytest.mark.parametrize(("title", "status"), [("x" * 21, 400), ("refused", 409), ("broken", 500)])
def test_a_refused_request_may_be_corrected(world: World, title: str, status: int) -> None:
    """The refused request stored nothing, not even its token."""
    client = world.client()
    assert send(client, "one", title).status_code == status
    assert send(client, "one", title).status_code == status
    assert send(client, "one").status_code == 201
    assert titles(world.fire) == ["Reds"]


@pytest.mark.parametrize("token", ["", "a b", "安".encode().decode("latin-1"), "x" * 256])
def test_a_bad_token(world: World, token: str) -> None:
    told = problem(send(world.client(), token), 400, "invalid")
    assert told["errors"][0]["header"] == "Idempotency-Key"
    assert titles(world.fire) == []


def test_a_replay_still_asks_what_the_key_may(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    key, text = key_of(world.fire)
    client = ApiClient(text)
    assert send(client, "one").status_code == 201
    with monkeypatch.context() as patched:  # the page asks for another right from now on
        patched.setattr(Subscriptions, "scope", {"POST": "tests:none"})
        assert send(client, "one").status_code == 403
    key.revoked_at = timezone.now()
    key.save()
    assert send(client, "one").status_code == 401


def test_each_key_has_its_own_tokens(world: World) -> None:
    answers = [
        send(client, "one") for client in (world.client(), world.client(), ApiClient(key_of(world.market)[1]))
    ]
    assert len({answer.json()["id"] for answer in answers}) == 3
    assert not any("Idempotency-Replayed" in answer for answer in answers)


def test_the_database_hides_answers_of_others(world: World) -> None:
    mine, _text = key_of(world.fire)
    own, foreign = StoredAnswerFactory(key=mine), StoredAnswerFactory(key=key_of(world.market)[0])
    elsewhere = StoredAnswerFactory(key=key_of(world.elsewhere)[0])
    with station_scope(actor_of(mine).scope()):
        assert set(StoredAnswer._base_manager.values_list("pk", flat=True)) == {own.pk}
        others = StoredAnswer._base_manager.filter(pk__in=[foreign.pk, elsewhere.pk])
        assert (others.update(status=500), others.delete()[0]) == (0, 0)
        copy = StoredAnswer(bureau=foreign.bureau, department=foreign.department, key=mine, token="x")
        with pytest.raises(ProgrammingError, match="row-level security"):
            copy.save()


def test_a_place_that_cannot_be_stored_is_a_fault_and_no_404(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_self: StoredAnswer, **_options: object) -> None:
        raise IntegrityError("a constraint that has nothing to do with the token")

    monkeypatch.setattr(StoredAnswer, "save", refused)
    problem(send(world.client(), "one"), 500, "error")
    assert titles(world.fire) == []


def test_answers_are_forgotten_after_a_day(world: World) -> None:
    client = world.client()
    first = send(client, "one")
    forget_stored_answers()
    assert send(client, "one").json() == first.json()
    with station_scope(system_actor(bureau_id=world.city.bureau.pk, stations=[0]).scope()):
        StoredAnswer.objects.update(created_at=timezone.now() - dt.timedelta(hours=25))
    forget_stored_answers()
    assert send(client, "one").json() != first.json()


@pytest.mark.django_db(transaction=True)
def test_two_at_the_same_moment_have_one_effect() -> None:
    """Real requests on their own connections: the second waits for the first and gets its response."""
    bureau = BureauFactory()
    StationFactory(bureau=bureau)
    department = DepartmentFactory(bureau=bureau)
    _key, text = key_of(department)
    answers: list[Any] = []
    gate = threading.Barrier(3)

    def call() -> None:
        try:
            gate.wait(patience(30))
            answers.append(send(ApiClient(text), "one", "slow"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience(60))
    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.content for answer in answers}) == 1
    assert sorted("Idempotency-Replayed" in answer for answer in answers) == [False, True, True]
    assert titles(department) == ["slow"]
