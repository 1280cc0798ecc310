"""What people are notified of, declared in an app's ``notifications.py``: the cause, its words, who is concerned.

Most causes are acts that stand in the audit log: whoever writes the entry notifies everybody whom a cause with this
action (``on``) concerns, in the same transaction. Others, such as a key that is about to expire, are named by the
operation that finds them (:func:`foundation.inbox.notifying.notify`).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q

from foundation.contributions.registry import Registry
from foundation.words import Words


@dataclass(frozen=True)
class Happening:
    """An act as the audit log has it: who did what to which object, with the values before and after."""

    action: str
    actor: Any
    target: Any
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    reason: str


def _always(happening: Happening) -> bool:
    return True


def _nothing(happening: Happening) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Cause:
    """One cause of a notification.

    ``words`` are its line, with placeholders: ``%(object)s``, and what ``values`` returns. ``shown`` turns stored
    values (codes, days) into words of the reader's language. ``roles`` are those that can be concerned; each must be
    allowed to open ``page``, the URL name behind the line, which takes the object's id unless ``takes_id`` is False.
    ``kind`` is the kind of that object (``audit.py``), if the code does not begin with it.
    ``on`` are the actions of the audit log that cause it, ``when`` narrows them, ``who`` returns the condition on the
    role grants concerned. The person who acted is never notified.
    ``together`` is the code of the cause that says the same of many records, with their ``number`` and the first of their
    names (``object``): an act on many notifies each person of it once.
    """

    code: str
    words: Words
    roles: frozenset[str]
    icon: str
    page: str = ""
    takes_id: bool = True
    kind: str = ""
    tone: str = ""
    on: tuple[str, ...] = ()
    who: Callable[[Happening], Q] | None = None
    when: Callable[[Happening], bool] = _always
    values: Callable[[Happening], Mapping[str, Any]] = _nothing
    shown: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict, compare=False)
    together: str = ""


causes: Registry[Cause] = Registry("notifications")
register = causes.register


def causes_on(action: str) -> list[Cause]:
    """Return the causes that an action of the audit log has."""
    return [cause for cause in causes if action in cause.on]
