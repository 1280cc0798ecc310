"""Celery beat schedule of the deliveries: push what is due, warn of what is late or ends, delete what is old.

``DELIVERIES_INTERVAL_S`` changes the interval of 15 seconds.
"""

import os

from celery.schedules import crontab

INTERVAL_S = float(os.environ.get("DELIVERIES_INTERVAL_S") or 15)

LATE_S = 300.0

BEAT_SCHEDULE = {
    "deliveries": {
        "task": "deliveries.tasks.push_due",
        "schedule": INTERVAL_S,
        "options": {"expires": INTERVAL_S},
    },
    "late-deliveries": {
        "task": "deliveries.tasks.warn_of_late",
        "schedule": LATE_S,
        "options": {"expires": LATE_S},
    },
    "ending-secrets": {
        "task": "deliveries.tasks.warn_of_ending_secrets",
        "schedule": crontab(hour=7, minute=40),
        "options": {"expires": 3600},
    },
    "erase-exchanges": {
        "task": "deliveries.tasks.erase_exchanges",
        "schedule": crontab(hour=3, minute=50),
        "options": {"expires": 3600},
    },
    "forget-attempts": {
        "task": "deliveries.tasks.forget_attempts",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 3600},
    },
}
