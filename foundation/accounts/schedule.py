"""Schedule of accounts for Celery beat: once a day, in the small hours."""

from celery.schedules import crontab

BEAT_SCHEDULE = {
    "clear sessions": {
        "task": "foundation.accounts.tasks.clear_sessions",
        "schedule": crontab(hour=3, minute=10),
        "options": {"expires": 3600},
    },
    "warn of ending keys": {
        "task": "foundation.accounts.tasks.warn_of_ending_keys",
        "schedule": crontab(hour=7, minute=30),
        "options": {"expires": 3600},
    },
}
