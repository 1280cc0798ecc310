"""What is plausible of disputes."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from disputes.models import Dispute, EnterpriseReport
from foundation.contributions.limits import at_least, at_most, earliest, register, within

EARLIEST_ON = dt.date(2000, 1, 1)
MOST_PEOPLE, MOST_YUAN = 10_000, 1_000_000_000

register(
    Dispute,
    earliest("opened_on", EARLIEST_ON),
    within(
        "due_on",
        366,
        "opened_on",
        _(
            "The deadline is more than %(limit)s days after the dispute was opened, or opened again. Check the year."
        ),
    ),
    at_least("people", 1, _("A dispute involves at least one person. Leave it empty if you do not know.")),
    at_most("people", MOST_PEOPLE),
    at_most("amount", MOST_YUAN),
)

# what a dispute could not have is refused of the report already: whoever takes it on cannot change it
register(
    EnterpriseReport,
    earliest("happened_on"),
    earliest("told_on", EARLIEST_ON),
    at_most("people", MOST_PEOPLE),
    at_most("amount", MOST_YUAN),
)
