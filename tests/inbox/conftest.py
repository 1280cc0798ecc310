"""The people of tests/accounts, and what they read."""

from typing import Any

import pytest

from foundation.accounts.actors import Actor
from foundation.inbox.models import Notification
from foundation.inbox.selectors import list_notifications
from foundation.tenancy.scope import station_scope
from tests.accounts.conftest import House, house, quick_passwords

__all__ = ["House", "house", "quick_passwords"]


def inbox_of(actor: Actor) -> list[Notification]:
    """Return what a person reads in this role, oldest first."""
    with station_scope(actor.scope()):
        return list(list_notifications(actor).order_by("id"))


def codes_of(house: House, name: str) -> list[str]:
    return [each.code for each in inbox_of(house.actor(name))]


@pytest.fixture(autouse=True)
def english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"
