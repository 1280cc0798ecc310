"""Imported by a drill's worker (``celery worker -I tests.deliveries.hurried``): three days pass in five seconds."""

import datetime as dt

from deliveries import sending
from deliveries.operations import pushing

sending.DEADLINE_S = 1.0
pushing.LEASE = dt.timedelta(seconds=3)
pushing.PATIENCE = dt.timedelta(seconds=5)
pushing.FIRST_WAIT_S, pushing.LONGEST_WAIT_S = 0.2, 1.0
