"""The register by the last inspection."""

from django.db.models import Exists, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.contributions.narrowings import Narrowing, register
from inspections.selectors import inspections_within_a_year
from inspections.supervising.counting import never_inspected

WITHIN, NOT_WITHIN, NEVER = "year", "none", "never"


def _condition(value: str) -> Q:
    if value == NEVER:
        return never_inspected()
    inspected = Q(Exists(inspections_within_a_year(timezone.localdate())))
    return inspected if value == WITHIN else ~inspected


register(
    Narrowing(
        "inspected",
        _("Last inspected"),
        _("Any time"),
        (
            (WITHIN, _("Within twelve months")),
            (NOT_WITHIN, _("Not within twelve months")),
            (NEVER, pgettext_lazy("inspected", "Never")),
        ),
        _condition,
    )
)
