"""Schedule of hazards for Celery beat: before people begin to work."""

from celery.schedules import crontab

BEAT_SCHEDULE = {
    "remind of deadlines": {
        "task": "inspections.tasks.remind_of_deadlines",
        "schedule": crontab(hour=7, minute=10),
        "options": {"expires": 3600},
    },
}
