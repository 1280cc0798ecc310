"""Schedule of the inbox for Celery beat: once a day, in the small hours."""

from celery.schedules import crontab

BEAT_SCHEDULE = {
    "forget notifications": {
        "task": "foundation.inbox.tasks.forget_notifications",
        "schedule": crontab(hour=3, minute=20),
        "options": {"expires": 3600},
    },
}
