"""Schedule of hazards for Celery beat: enterprises are reminded before people begin to work; what is overdue goes on hourly.

A run finds whatever is due and not written yet, so a missed one, or a second beat, changes nothing.
"""

from celery.schedules import crontab

BEAT_SCHEDULE = {
    "remind of deadlines": {
        "task": "inspections.tasks.remind_of_deadlines",
        "schedule": crontab(hour=7, minute=10),
        "options": {"expires": 3600},
    },
    "escalate overdue hazards": {
        "task": "inspections.tasks.escalate",
        "schedule": crontab(minute=5),
        "options": {"expires": 3000},
    },
    "escalate overdue inspections": {
        "task": "inspections.tasks.escalate_visits",
        "schedule": crontab(minute=35),
        "options": {"expires": 3000},
    },
}
