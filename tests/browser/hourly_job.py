"""Run the hourly job on agreements as the scheduler does: ``python -m tests.browser.hourly_job``."""

import django

django.setup()

from disputes.tasks import find_breaches  # noqa: E402

if __name__ == "__main__":
    find_breaches()
