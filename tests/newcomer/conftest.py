"""The newcomer's own tests run in a process of their own, in which its app is installed."""

from django.conf import settings

collect_ignore_glob = [] if "tests.newcomer.fire_doors" in settings.INSTALLED_APPS else ["checks/*"]
