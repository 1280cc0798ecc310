"""Schedule of accounts for Celery beat: once a day, in the small hours; the seals every hour."""

from celery.schedules import crontab

BEAT_SCHEDULE = {
    "clear sessions": {
        "task": "foundation.accounts.tasks.clear_sessions",
        "schedule": crontab(hour=3, minute=10),
        "options": {"expires": 3600},
    },
    "seal the audit log": {
        "task": "foundation.accounts.tasks.seal_audit_log",
        "schedule": crontab(minute=20),
        "options": {"expires": 3000},
    },
    "warn of ending keys": {
        "task": "foundation.accounts.tasks.warn_of_ending_keys",
        "schedule": crontab(hour=7, minute=30),
        "options": {"expires": 3600},
    },
}
