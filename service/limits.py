"""What is plausible of activities."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from foundation.contributions.limits import at_least, at_most, earliest, register
from service.models import Activity

register(
    Activity,
    earliest("held_on", dt.date(2004, 12, 1), _("State Council Order 421, in force since then")),
    at_least(
        "attendance", 1, _("Nobody was present, so it did not take place. Leave it empty if you do not know.")
    ),
    at_most("attendance", 10_000),
)
