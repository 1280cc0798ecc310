"""Schedule of disputes for Celery beat.

A run finds whatever is old, so a missed one, or a second beat, changes nothing.
"""

from celery.schedules import crontab

BEAT_SCHEDULE = {
    "tell the sides of disputes": {
        "task": "disputes.tasks.tell_stale_sides",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 7200},
    }
}
