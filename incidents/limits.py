"""What is plausible of incidents."""

import datetime as dt

from foundation.contributions.limits import earliest, register
from incidents.models import Incident

EARLIEST_ON = dt.date(2000, 1, 1)

register(Incident, earliest("occurred_on", EARLIEST_ON), earliest("verified_on", EARLIEST_ON))
