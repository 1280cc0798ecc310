"""Time limits of inspections and hazards. Orders 421 and 93 give no days that could be verified, so these are defaults."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.time_limits import Mark, Rule, TimeLimit, register
from foundation.deadlines.counting import Length, Unit

ORDER_93 = _("Ministry of Public Security Order 93 (inspection of internal security)")
RECTIFY = "hazard-rectification"
REINSPECT = "hazard-reinspection"
ANSWER_EXTENSION = "hazard-extension-answer"


def _default(number: int, article: str = "") -> tuple[Rule, ...]:
    return (Rule(Length(number, Unit.WORKING), Mark.DEFAULT, ORDER_93, article),)


register(
    TimeLimit(
        RECTIFY,
        _("Rectification of a hazard"),
        _("the day the hazard was found"),
        _default(10),
    ),
    TimeLimit("hazard-notice", _("Order to rectify is issued"), _("the day of the inspection"), _default(3)),
    TimeLimit(
        REINSPECT,
        _("Re-inspection"),
        _("the day the enterprise reported the rectification, or the deadline"),
        _default(3, article="10"),
    ),
    TimeLimit(
        ANSWER_EXTENSION,
        _("Answer to a request for an extension"),
        _("the day of the request"),
        _default(10, article="9"),
    ),
)
