"""What the tests of the portal share: the day, a standard, a rated quarter, an enterprise with things to do."""

import datetime as dt
from typing import Any

from foundation.periods import Period
from foundation.tenancy.scope import Audience
from ratings.operations import adopt_default_standard, open_evaluation, publish_standard, run_evaluation
from ratings.operations.evaluations import bureau_actor
from ratings.operations.standards import adopt_standard
from tests.fixtures import City, scope_of_bureau

TODAY = dt.date(2026, 11, 18)  # a Wednesday


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(f"2026-{text}")


def adopt(city: City, text: str = "") -> None:
    actor = bureau_actor(city.bureau.pk)
    with scope_of_bureau(city.bureau, Audience.SYSTEM):
        if text:
            adopt_standard(actor=actor, standard_id=publish_standard(actor=actor, text=text).pk)
        else:
            adopt_default_standard(actor=actor)


def rate(city: City, period: str) -> None:
    actor = bureau_actor(city.bureau.pk)
    with scope_of_bureau(city.bureau, Audience.SYSTEM):
        run = open_evaluation(actor=actor, period=Period.parse(period))
        run_evaluation(bureau_id=city.bureau.pk, evaluation_id=run.pk)


def lines(answer: Any, name: str) -> list[str]:
    return [item.title for item in answer.context[name]]
