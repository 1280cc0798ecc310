"""App configuration of the pages of people."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "foundation.people"
    label = "people"
    url_prefix = "people/"
