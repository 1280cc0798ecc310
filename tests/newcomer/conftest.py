"""The newcomer's own tests run in a process of their own, with its app installed."""

from django.conf import settings

collect_ignore_glob = [] if "tests.newcomer.fire_doors" in settings.INSTALLED_APPS else ["checks/*"]
