"""Schedule of disputes for Celery beat. A run finds whatever is due and not written yet, so a missed one changes nothing."""

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
}
