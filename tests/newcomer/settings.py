"""The settings of the newcomer's own test process: one more app."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "tests.newcomer.fire_doors"]
