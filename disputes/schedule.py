"""Schedule of disputes for Celery beat.

A run finds whatever is old, so a missed one, or a second beat, changes nothing.
"""

from celery.schedules import crontab

BEAT_SCHEDULE = {
    "find breaches of agreements": {
        "task": "disputes.tasks.find_breaches",
        "schedule": crontab(minute=20),
        "options": {"expires": 3000},
    },
    "remind of instalments": {
        "task": "disputes.tasks.remind_of_instalments",
        "schedule": crontab(hour=7, minute=15),
        "options": {"expires": 3600},
    },
    "tell the sides of disputes": {
        "task": "disputes.tasks.tell_stale_sides",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 7200},
    },
}
