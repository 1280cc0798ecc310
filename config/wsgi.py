"""The web application, for gunicorn. Refuses to start on a database that would not keep the tenants apart."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from foundation.tenancy.checks import assert_database_safe  # noqa: E402  (needs the apps)

assert_database_safe()
