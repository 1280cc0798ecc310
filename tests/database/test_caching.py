"""The cache: what is stored, under which key and for how long; and operation without Redis."""

import pickle
import time

import pytest
from django.core.cache import cache

from foundation.database import caching
from tests.ground.test_broker_gone import no_broker  # noqa: F401

KEY = ("tests:sum", 1, [2, 3])
LONG_S = 60


def counting(values: list[object]) -> object:
    """Return a function that returns one value after the other."""
    return lambda: values.pop(0)


@pytest.mark.parametrize("value", [7, 0, None, [], "text", {"a": 1}])
def test_a_value_is_computed_once(value: object) -> None:
    compute = counting([value, "a second time"])
    assert caching.remembered(KEY, compute, LONG_S) == value
    assert caching.remembered(KEY, compute, LONG_S) == value


@pytest.mark.parametrize(
    "other",
    [
        ("tests:other", 1, [2, 3]),
        ("tests:sum", 2, [2, 3]),
        ("tests:sum", 1, [2]),
        ("tests:sum", 12, 3),
        ("tests:sum", "1", [2, 3]),
    ],
)
def test_another_question_is_another_key(other: caching.Key) -> None:
    assert caching.remembered(KEY, lambda: "this", LONG_S) == "this"
    assert caching.remembered(other, lambda: "that", LONG_S) == "that"
    assert caching.remembered(KEY, lambda: "new", LONG_S) == "this"


def test_a_value_is_forgotten_in_time_or_on_demand() -> None:
    assert caching.remembered(KEY, lambda: 1, 0.05) == 1
    time.sleep(0.1)
    assert caching.remembered(KEY, lambda: 2, LONG_S) == 2
    caching.forget(KEY)
    assert caching.remembered(KEY, lambda: 3, LONG_S) == 3


def test_an_error_is_not_kept() -> None:
    with pytest.raises(ZeroDivisionError):
        caching.remembered(KEY, lambda: 1 // 0, LONG_S)
    assert caching.remembered(KEY, lambda: 1, LONG_S) == 1


def test_keys_are_distinguished_by_their_names() -> None:
    caching.keep(KEY, 1, LONG_S)
    (name,) = cache._cache.get_client().keys("*")
    assert b"tests:sum:" in name


def test_one_of_many_readers_starts_the_worker() -> None:
    other = ("tests:sum", 9)
    assert caching.kept(KEY) is None
    assert [caching.claim(KEY, LONG_S), caching.claim(KEY, LONG_S)] == [True, False]
    assert caching.claim(other, LONG_S)
    caching.keep(KEY, "counted", LONG_S)
    assert caching.kept(KEY) == "counted"
    assert caching.claim(KEY, LONG_S)  # the worker is done: once the value is old, another may be sent
    assert not caching.claim(other, LONG_S)


def test_the_claim_of_a_worker_that_died_ends() -> None:
    assert caching.claim(KEY, 1)
    time.sleep(1.1)
    assert caching.claim(KEY, LONG_S)


def test_what_happens_once_happens_again_when_forgotten() -> None:
    assert [caching.first_time(KEY, LONG_S), caching.first_time(KEY, LONG_S)] == [True, False]
    caching.forget(KEY)
    assert caching.first_time(KEY, LONG_S)


def test_a_value_of_a_class_that_moved_is_computed_again() -> None:
    """Another release stored it, with a class that this one does not have."""
    kept = pickle.dumps(caching.first_time).replace(b"first_time", b"first_tims")
    cache._cache.get_client().set(cache.make_and_validate_key(caching._name(KEY)), kept)
    assert caching.kept(KEY) is None
    assert caching.remembered(KEY, lambda: "new", LONG_S) == "new"
    assert caching.kept(KEY) == "new"


def test_without_redis_values_are_computed_and_no_worker_is_started(no_broker: None) -> None:  # noqa: F811
    assert caching.remembered(KEY, lambda: 1, LONG_S) == 1
    assert caching.remembered(KEY, lambda: 2, LONG_S) == 2
    caching.keep(KEY, 3, LONG_S)
    caching.forget(KEY)
    assert not caching.claim(KEY, LONG_S)


def test_without_redis_the_log_says_so_once_a_minute(
    no_broker: None,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(caching, "_said_at", float("-inf"))
    for _time in range(3):
        caching.remembered(KEY, lambda: 1, LONG_S)
    caching.forget(KEY)
    assert caplog.text.count("pages go without the cache") == 1


def test_without_redis_functions_that_need_it_raise(no_broker: None) -> None:  # noqa: F811
    with pytest.raises(caching.Unavailable):
        caching.kept(KEY)
    with pytest.raises(caching.Unavailable):
        caching.first_time(KEY, LONG_S)
