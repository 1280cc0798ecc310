"""End a session of the demo as the server does it: ``python -m tests.browser.end_session KEY``."""

import sys

import django

django.setup()

from foundation.accounts.models import Session  # noqa: E402
from foundation.accounts.sessions import row_key_of  # noqa: E402

if __name__ == "__main__":
    Session.objects.filter(session_key=row_key_of(sys.argv[1])).delete()
