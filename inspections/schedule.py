"""Schedule of hazards for Celery beat: what is overdue goes on to the next, every hour.

A run finds whatever is due and not written yet, so a missed hour, or a second beat, changes nothing.
"""

from celery.schedules import crontab

BEAT_SCHEDULE = {
    "escalate overdue hazards": {
        "task": "inspections.tasks.escalate",
        "schedule": crontab(minute=5),
        "options": {"expires": 3000},
    },
}
