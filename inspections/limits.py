"""What is plausible of inspections, hazards and self-checks."""

import datetime as dt
from dataclasses import replace

from django.utils.translation import gettext_lazy as _

from foundation.contributions.limits import (
    Limit,
    earliest,
    is_name,
    names_in,
    not_before,
    people,
    people_in,
    register,
    within,
    wording,
)
from foundation.identifiers import folded
from inspections.models import Hazard, Inspection, KeyPosition, Penalty, SelfCheck

# Regulations on the Internal Security of Enterprises and Institutions: nothing was inspected under them before
ORDER_421_ON = dt.date(2004, 12, 1)
ORDER_421 = _("State Council Order 421, in force since then")
YEAR = 366
TOO_LATE = _(
    "The deadline is more than %(limit)s days after the hazard was found, or opened again. Check the year."
)
TOO_LONG = _("The extension is longer than %(limit)s days. Check the year.")


# what a ledger of hazards has in the row of a visit that found none
_NONE_FOUND = (
    "无 没有 无隐患 无问题 无异常 未发现 未发现隐患 未发现问题 未发现异常 未见异常"
    " 暂无 暂无隐患 正常 合格 良好 none nil nothing nohazard nohazards n/a ok"
)
_NOTHING = frozenset(_NONE_FOUND.split())


def _is_nothing(text: str) -> bool:
    return folded(text).strip("。.;；") in _NOTHING


def _is_one_twice(names: str) -> bool:
    """Return whether a name stands there twice in one spelling, or in two beside nobody else.

    王刚（041201） beside 王刚 is an officer with an auxiliary, if a second officer is there.
    """
    given = names_in(names)
    return len({folded(each) for each in given}) < len(given) or len(people_in(names)) == 1 < len(given)


def _are_no_finders(names: str, hazard: Hazard) -> bool:
    """Return whether one is no name of a person. Those that the inspection names are taken from it as they are."""
    found = [name for name in names_in(names) if not is_name(name)]
    inspectors = names_in(hazard.inspection.inspectors) if found and hazard.inspection else []
    return any(name not in inspectors for name in found)


register(Penalty, earliest("decided_on", dt.date(2000, 1, 1)))
register(
    Inspection,
    earliest("inspected_on", ORDER_421_ON, ORDER_421),
    people("inspectors"),
    Limit(
        "namesakes",
        "inspectors",
        _(
            "One name stands here twice. Two officers of one name are told apart by their police numbers:"
            " 王刚（041201）、王刚（041202）."
        ),
        lambda names, _record: _is_one_twice(names),
    ),
    Limit(
        "officers",
        "inspectors",
        _("Name at least two officers, separated by commas."),
        lambda names, _record: len(people_in(names)) == 1,
    ),
)
register(
    Hazard,
    Limit(
        "nothing",
        "item",
        _("This says that there is no hazard. Leave it out: the inspection says so."),
        lambda text, _record: _is_nothing(text),
        refuses_rows=True,
    ),
    earliest("found_on", ORDER_421_ON, ORDER_421),
    earliest("reported_on", ORDER_421_ON, ORDER_421),
    not_before("reported_on", "found_on", _("It cannot be reported before it was found.")),
    # a deadline of 2099 is no deadline: a year is only remarked on the row of a sheet, five are refused there, too
    within("due_on", 5 * YEAR, "found_on", TOO_LATE, refuses_rows=True),
    within("extended_due_on", 5 * YEAR, "due_on", TOO_LONG, refuses_rows=True),
    within(
        "due_on",
        YEAR,
        "found_on",
        TOO_LATE,
    ),
    within(
        "extended_due_on",
        YEAR,
        "due_on",
        TOO_LONG,
    ),
    within(
        "extension_wanted_on",
        YEAR,
        "due_on",
        TOO_LONG,
    ),
    replace(people("found_by"), breaks=_are_no_finders),
    people("submitted_by"),
)
register(KeyPosition, wording("name"), earliest("ended_on", ORDER_421_ON, ORDER_421))
register(SelfCheck, earliest("checked_on", ORDER_421_ON, ORDER_421), people("checked_by"))
