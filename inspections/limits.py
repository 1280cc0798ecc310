"""What is plausible of inspections, hazards and self-checks."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from foundation.contributions.limits import Limit, earliest, names_in, not_before, people, register, within
from inspections.models import Hazard, Inspection, SelfCheck

# Regulations on the Internal Security of Enterprises and Institutions: nothing was inspected under them before
ORDER_421_ON = dt.date(2004, 12, 1)
ORDER_421 = _("State Council Order 421, in force since then")
YEAR = 366

register(
    Inspection,
    earliest("inspected_on", ORDER_421_ON, ORDER_421),
    people("inspectors"),
    Limit(
        "officers",
        "inspectors",
        _("Name at least two officers, separated by commas."),
        lambda names, _record: len(set(names_in(names))) == 1,
    ),
)
register(
    Hazard,
    earliest("found_on", ORDER_421_ON, ORDER_421),
    earliest("reported_on", ORDER_421_ON, ORDER_421),
    not_before("reported_on", "found_on", _("It cannot be reported before it was found.")),
    within(
        "due_on",
        YEAR,
        "found_on",
        _("The deadline is more than %(limit)s days after the hazard was found. Check the year."),
    ),
    within(
        "extended_due_on",
        YEAR,
        "due_on",
        _("The extension is longer than %(limit)s days. Check the year."),
    ),
    people("found_by"),
    people("submitted_by"),
)
register(SelfCheck, earliest("checked_on", ORDER_421_ON, ORDER_421), people("checked_by"))
