"""Planner settings hold inside their block and are restored afterwards, whatever happened inside."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.db import DataError, connection, transaction

from foundation.database.planner import for_a_batch, in_index_order, without_nested_loops
from foundation.database.transactions import set_local

pytestmark = pytest.mark.django_db

OTHER_THAN_USUAL = {"enable_nestloop": "off", "enable_sort": "off", "jit": "off", "work_mem": "7MB"}
SWITCHES = {
    in_index_order: {"enable_sort": "off", "enable_seqscan": "off", "max_parallel_workers_per_gather": "0"},
    without_nested_loops: {"enable_nestloop": "off"},
    for_a_batch: {"enable_nestloop": "off", "jit": "off", "work_mem": "64MB"},
}
NAMES = sorted({name for settings in SWITCHES.values() for name in settings})
Switch = Callable[[], AbstractContextManager[None]]


def settings_now() -> dict[str, str]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(['current_setting(%s)'] * len(NAMES))}", NAMES)
        return dict(zip(NAMES, cursor.fetchone(), strict=True))


def divide_by_zero() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")


@pytest.fixture(params=["usual", "other"])
def before(request: pytest.FixtureRequest) -> dict[str, str]:
    """Outer settings: the server's, and some that another block might have set."""
    if request.param == "other":
        set_local(connection, OTHER_THAN_USUAL)
    return settings_now()


@pytest.fixture(params=SWITCHES, ids=lambda switch: switch.__name__)
def switch(request: pytest.FixtureRequest) -> Switch:
    return request.param


def test_settings_hold_inside_and_are_restored(before: dict[str, str], switch: Switch) -> None:
    with switch():
        assert settings_now() == before | SWITCHES[switch]
    assert settings_now() == before


@pytest.mark.parametrize("inner", SWITCHES)
def test_a_nested_block_restores_the_outer_settings(
    before: dict[str, str], switch: Switch, inner: Switch
) -> None:
    with switch():
        outside = settings_now()
        with inner():
            assert settings_now() == outside | SWITCHES[inner]
        assert settings_now() == outside
    assert settings_now() == before


def test_small_batches_use_nested_loops_inside_large_ones() -> None:
    with for_a_batch():
        with for_a_batch(whole=False):
            assert settings_now()["enable_nestloop"] == "on"
        assert settings_now()["enable_nestloop"] == "off"


def test_an_exception_passes_and_the_settings_are_restored(before: dict[str, str], switch: Switch) -> None:
    with pytest.raises(RuntimeError), switch():
        raise RuntimeError
    assert settings_now() == before


def test_the_error_of_the_database_is_the_one_that_is_raised(before: dict[str, str], switch: Switch) -> None:
    """A failed transaction accepts no statements; the rollback restores the settings."""
    with pytest.raises(DataError, match="zero"), transaction.atomic(), switch():
        divide_by_zero()
    assert settings_now() == before


def test_an_error_caught_inside_the_block_keeps_the_settings(before: dict[str, str], switch: Switch) -> None:
    with switch():
        with pytest.raises(DataError), transaction.atomic():
            divide_by_zero()
        assert settings_now() == before | SWITCHES[switch]
    assert settings_now() == before


def test_a_released_savepoint_keeps_no_settings(before: dict[str, str], switch: Switch) -> None:
    with transaction.atomic(), switch():
        pass
    assert settings_now() == before


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_nothing_is_left_behind(switch: Switch) -> None:
    usual = settings_now()
    with switch():
        pass
    assert settings_now() == usual
    with pytest.raises(DataError, match="zero"), switch():
        divide_by_zero()
    assert settings_now() == usual
