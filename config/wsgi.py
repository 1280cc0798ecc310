"""The web application, for config.web. Refuses to start on a database that is not migrated or does not keep the tenants apart."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

from config.start import require_database  # noqa: E402  (needs the apps)

require_database()
