"""Rules for the days of a fact, used by ``clean()`` of every fact."""

import datetime as dt
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from foundation.accounts.actors import Actor
from foundation.words import Words

OWN_RECORDS_WITHIN = dt.timedelta(days=7)  # how far back an enterprise's own people may record

# (the later field, the earlier field, the message if they are out of order)
Order = tuple[str, str, Words]


def check_own_day(actor: Actor, name: str, day: dt.date | None) -> None:
    """Raise ValidationError at ``name`` if an enterprise's own people record a day long past.

    Such a record counts in their score at once: a quarter's checks must not be made up at its end. The police, who have
    seen the papers, may record any day.
    """
    if actor.is_enterprise and day is not None and day < timezone.localdate() - OWN_RECORDS_WITHIN:
        raise ValidationError(
            {
                name: _(
                    "You can record only the last seven days. Ask your police station to record anything "
                    "older."
                )
            }
        )


def check_days(fact: models.Model, *, past: Iterable[str], order: Iterable[Order] = ()) -> None:
    """Raise ValidationError that names every field whose day cannot be right; ``limits.py`` says what is implausible.

    ``past``: days on which something happened, so until today (Asia/Shanghai). ``order``: pairs (later, earlier) that
    must be in order; an empty day is in order with any other.
    """
    today = timezone.localdate()
    errors: dict[str, list[Words]] = {}
    for name in past:
        value = getattr(fact, name)
        if value is not None and value > today:
            errors.setdefault(name, []).append(_("This date is in the future."))
    for later, earlier, message in order:
        one, other = getattr(fact, later), getattr(fact, earlier)
        if one is not None and other is not None and one < other and later not in errors:
            errors.setdefault(later, []).append(message)
    if errors:
        raise ValidationError(errors)
