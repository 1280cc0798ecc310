"""What fire doors contribute to a rating, and what an enterprise can still do for it."""

from collections.abc import Iterable

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from foundation.contributions.measures import (
    ENTERPRISE,
    Act,
    Indicator,
    Running,
    Source,
    Step,
    register,
    register_act,
)
from foundation.periods import Period
from tests.newcomer.fire_doors.models import DoorCheck

MOST = 4  # checks a quarter that are worth advising


def _checks(period: Period) -> QuerySet[DoorCheck]:
    rows = DoorCheck.objects.filter(voided_at=None, checked_on__range=(period.start, period.end))
    return rows.order_by().values("enterprise_id").annotate(door_checks=Count("id"))


def _check(running: Running) -> Iterable[Step]:
    page = ("fire_doors:create", {"enterprise": running.enterprise_id})
    for number in range(MOST):
        yield Step(str(number), running.today, running.period.end, page=page, adds={"door_checks": 1})


indicator = Indicator("door_checks", _("Checks of fire doors in the quarter"), _("checks"), "A")
register(Source("door_checks", DoorCheck, "checked_on", "doors", (indicator,), _checks))
register_act(
    Act(
        code="check_doors",
        label=_("Check fire doors"),
        unit=_("checks"),
        who=ENTERPRISE,
        icon="door",
        measures=("door_checks",),
        told=lambda number: (
            ngettext("Check %(number)d fire door", "Check %(number)d fire doors", number) % {"number": number}
        ),
        steps=_check,
    )
)
