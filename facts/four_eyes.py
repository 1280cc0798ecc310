"""Who reported something does not decide about it: nobody accepts, verifies, settles or voids their own.

Records of an import, of earlier versions without their author, and acts of the system are exempt: nobody is known who
reported them.
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from enterprises.selectors import list_officers
from facts.models import Fact, FactStep
from facts.steps import who_set
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import RoleGrant
from foundation.contributions.limits import names_in
from foundation.identifiers import person_key
from foundation.words import listed

SHOWN_NAMES = 5


def is_own(actor: Actor, fact: Fact) -> bool:
    """Return whether the actor is among those who reported a record, for lists: as far as its columns say."""
    return _is_reporter(actor, *fact.reporters())


def _is_reporter(actor: Actor, ids: set[int], names: set[str]) -> bool:
    return bool(actor.user_id) and (actor.user_id in ids or is_among(actor.name, names))


def is_named(actor: Actor, names: str) -> bool:
    """Return whether a person is in a list of names."""
    return bool(actor.user_id) and is_among(actor.name, names_in(names))


def refusal(actor: Actor, fact: Fact, steps: Iterable[FactStep] | None = None) -> str:
    """Return why the actor may not decide about a record, and who may; empty if the actor may.

    ``steps``: those of the record, if they are at hand.
    """
    ids, their_names = fact.reporters()
    if fact.reported_day and getattr(fact, fact.reported_day) is not None:
        ids |= who_set(fact, fact.reported_day, steps)
    if not _is_reporter(actor, ids, their_names):
        return ""
    names = _others(actor, fact.station_id, ids, their_names)
    is_submission = bool(fact.reported_day) and not (
        actor.user_id == fact.recorded_by_id or is_among(actor.name, their_names)
    )
    if not names and is_submission:
        return _(
            "You recorded the submission of the enterprise, and nobody else of your station can decide about it. Ask the "
            "bureau to give a second person a role in your station."
        )
    if names and is_submission:
        words = _(
            "You recorded the submission of the enterprise, so somebody else decides about it: %(names)s."
        )
        return words % {"names": listed(names)}
    return _own_report(names, took_part=actor.user_id not in ids)


def _own_report(names: list[str], *, took_part: bool = False) -> str:
    """Return that somebody else decides, and who. ``took_part``: the actor did not report it, but is named in it."""
    if took_part and names:
        words = _(
            "You are named as one of those who took part, so somebody else decides about it: %(names)s."
        )
        return words % {"names": listed(names)}
    if took_part:
        return _(
            "You are named as one of those who took part, and nobody else of your station can decide about it. Ask the "
            "bureau to give a second person a role in your station."
        )
    if names:
        words = _("You reported this yourself, so somebody else decides about it: %(names)s.")
        return words % {"names": listed(names)}
    return _(
        "You reported this yourself, and nobody else of your station can decide about it. Ask the bureau to give a "
        "second person a role in your station."
    )


def refusal_of_row(actor: Actor, station_id: int, reported_by: Iterable[int]) -> str:
    """Return why the actor may not void a row that counts in a rating and is no fact of its own; empty if they may.

    As for facts: ``reported_by`` do not take back what they reported themselves. Who may is named.
    """
    ids = set(reported_by) - {0}
    if not actor.user_id or actor.user_id not in ids:
        return ""
    return _own_report(_others(actor, station_id, ids, set()))


def refusal_of_decider(actor: Actor, fact: Fact) -> str:
    """Return why the actor may not move the day that was reported: they decided about it; empty if they did not.

    Whoever moves that day counts as having reported it, so the decision would be about their own report.
    """
    is_decided = any(getattr(fact, name) is not None for name in fact.decided)
    if not (fact.reported_day and is_decided and actor.user_id):
        return ""
    deciders = set().union(*(who_set(fact, name) for name in fact.decided))
    if actor.user_id not in deciders:
        return ""
    ids, their_names = fact.reporters()
    if names := _others(
        actor, fact.station_id, ids | deciders | who_set(fact, fact.reported_day), their_names
    ):
        words = _("You decided about this yourself, so somebody else corrects the day: %(names)s.")
        return words % {"names": listed(names)}
    return _(
        "You decided about this yourself. Take that step back first, let a colleague correct the day, then decide again."
    )


def _others(actor: Actor, station_id: int, ids: set[int], names: set[str]) -> list[str]:
    """Return the names of those who may decide: officers of the station, its chief marked as such."""
    as_chief = RoleGrant.objects.filter(
        user_id=OuterRef("pk"), station_id=station_id, role=Role.CHIEF, revoked_at=None
    )
    found = [
        each
        for each in list_officers(actor, station_id).annotate(is_chief=Exists(as_chief))
        if each.pk not in ids | {actor.user_id} and not is_among(str(each), names)
    ]
    shown = [
        _("%(name)s (chief)") % {"name": each} if each.is_chief else str(each)
        for each in sorted(found, key=lambda each: not each.is_chief)
    ]
    return shown if len(shown) <= SHOWN_NAMES else [*shown[:SHOWN_NAMES], "…"]


def is_among(name: str, names: Iterable[str]) -> bool:
    """Return whether a person's name is in a list of names, which may have taken it for several."""
    mine = set(map(person_key, names_in(name)))
    return bool(mine) and mine <= set().union(*map(_keys, names))


def _keys(name: str) -> set[str]:
    """Return whom a name may mean: lists that others wrote separate Chinese names by blanks, too."""
    parts = (person_key(each) for each in name.split())
    return {person_key(name), *(each for each in parts if len(each) >= 2 and not each.isascii())}
