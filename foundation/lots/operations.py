"""Freezing a pool, drawing from it, and letting a draw be made again."""

import datetime as dt
import secrets
from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.accounts import auditing
from foundation.accounts.access import NotAllowed, StaleRecord, WrongState, allows, require
from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.lots import Entry, LotKind, Pool, lot_kinds
from foundation.faults import Faults
from foundation.inbox.notifying import withdraw
from foundation.lots import drawing
from foundation.lots.choices import AuditAction, DrawState
from foundation.lots.models import Draw
from foundation.lots.selectors import get_draw, logged_digest, replaced_by
from foundation.texts import kept

ASKED = "draw.asked"  # the cause of a notification
LONGEST = dt.timedelta(days=366)  # until what was drawn is due
MOST_IN_POOL = 5_000
MOST_DRAWN = 200
LONGEST_EXCUSE = 200


def mark_of(pool: Pool) -> str:
    """Return a mark of a pool as it was shown, by which a pool that has changed since is known."""
    return drawing.digest_of({"pool": list(map(list, pool.entries)), "people": list(map(list, pool.people))})


def check_due(day: Any) -> dt.date:
    """Return the day by which something is done about those drawn, of a date or its ISO form.

    Raise ValidationError at ``due_on`` for a day that has passed, or is more than a year away.
    """
    found = as_day(day)
    today = timezone.localdate()
    if found is None or not today <= found <= today + LONGEST:
        raise ValidationError({"due_on": _("Choose a day within a year from today.")})
    return found


def as_day(value: Any) -> dt.date | None:
    """Return the day that a date or its ISO form in a stored filter says; None for anything else."""
    if not isinstance(value, str):
        return value if isinstance(value, dt.date) else None
    with suppress(ValueError):
        return dt.date.fromisoformat(value)
    return None


@transaction.atomic
@as_declared
def freeze(
    *,
    actor: Actor,
    kind: str,
    criteria: Mapping[str, Any],
    stations: Collection[int],
    take: int | None,
    terms: Mapping[str, Any],
    excuses: Mapping[int, str] | None = None,
    people_excuses: Mapping[int, str] | None = None,
    barred: Sequence[tuple[int, int, str]] = (),
    seen: str = "",
    redraws: int | None = None,
    reason: str = "",
) -> Draw:
    """Freeze the pool that a filter gives now, and log its digest. There is no seed yet.

    ``excuses`` are the reasons for leaving members out, by id, ``people_excuses`` those of people; ``barred`` are person, member and
    reason. ``seen``: the mark of the pool that was shown. With ``redraws`` the draw of this id is asked to be made again,
    for a ``reason``; asking twice for the same returns the draw that waits. It belongs to the station of the old one.

    Raise NotAllowed (also for a draw of the bureau, by a station), Http404 also for stations of somebody else, StaleRecord if the pool has changed since, WrongState if that draw was not drawn or is
    replaced already, ValidationError at ``take``, ``reason``, ``excuses`` and what the kind's ``check`` names, without a field if the pool is empty or too large.
    """
    if kind not in lot_kinds or not stations or not set(stations) <= set(actor.stations):
        raise Http404("no such draw")
    lot = lot_kinds[kind]
    require(actor, lot.permission)
    _lock_bureau(actor)  # of two who ask at once for the same, the later finds what the earlier wrote
    faults, station_id = Faults(), actor.station_id or None
    if redraws is not None:
        old = _to_redraw(actor, kind, redraws)
        if waiting := replaced_by(old):
            return waiting
        station_id = old.station_id  # whoever could see the old one sees what replaces it
        if station_id and set(stations) != {station_id}:
            faults.add(ValidationError(_("A draw is made again at the station where it was made.")))
        given, reason = reason, ""
        with faults.of():
            reason = required_reason(given)
    with faults.of():
        lot.check(actor, criteria, terms)
    if faults:  # a filter that cannot be gives no pool
        faults.refuse()
    pool = lot.pool(actor, criteria, redraws)
    if seen and seen != mark_of(pool):
        raise StaleRecord(
            _("The pool has changed since this page was shown. Look at it again, then freeze it.")
        )
    entries, excused = _without(pool.entries, excuses or {}, faults, "excuses")
    people, excused_people = _without(pool.people, people_excuses or {}, faults, "people_excuses")
    pairs = _pairs(barred, pool, entries, people, faults)
    _check_size(entries, take, faults)
    if lot.per and entries:
        _check_people(lot, entries, people, pairs, faults)
    faults.refuse()
    assert take
    made = Draw(
        bureau_id=actor.bureau_id,
        station_id=station_id,
        stations=sorted(set(stations)),
        kind=kind,
        criteria=dict(criteria),
        terms=dict(terms),
        take=take,
        per=lot.per,
        pool=list(map(list, entries)),
        people=list(map(list, people)),
        excused=excused,
        excused_people=excused_people,
        barred=pairs,
        frozen_by=actor.name[:80],
        frozen_by_id=actor.user_id,
        redraws_id=redraws,
        redraw_reason=reason,
    )
    made.digest = made.computed_digest()
    made.save(force_insert=True)
    auditing.record(
        actor=actor,
        action=AuditAction.FREEZE,
        target=made,
        after={
            "kind": kind,
            "pool_digest": made.digest,
            "members": len(made.pool),
            "take": take,
            "excused": len(excused) + len(excused_people),
            **({"redraws": f"{redraws:04d}"} if redraws else {}),
        },
        reason=reason,
    )
    made.refresh_from_db()
    return made


def refuses_again(draw: Draw) -> str:
    """Return why a draw cannot be made again; empty if somebody may ask for it."""
    if draw.seed is None:
        return _("It was not drawn yet, so there is nothing to draw again.")
    again = replaced_by(draw)
    if again is not None and again.seed is not None:
        return _("It was drawn again already: draw %(draw)s stands.") % {"draw": again}
    return ""


def _to_redraw(actor: Actor, kind: str, id: int) -> Draw:
    """Return the draw that is to be made again. Raise NotAllowed, Http404, WrongState if it cannot be."""
    old = get_draw(actor, id)
    if old.kind != kind:
        raise Http404("a draw of another kind")
    require_own(actor, old)
    if words := refuses_again(old):
        raise WrongState(words)
    return old


def may_act(actor: Actor, draw: Draw) -> bool:
    """Return whether an actor draws, decides about and draws again what they see: a station never what the bureau draws."""
    is_of_bureau = draw.station_id is None
    return allows(actor, draw.lot.permission) and not (is_of_bureau and actor.station_id)


def require_own(actor: Actor, draw: Draw) -> None:
    """Refuse (NotAllowed) an actor who may not act on a draw."""
    if not may_act(actor, draw):
        raise NotAllowed(draw.lot.permission)


def _without(
    members: Sequence[Entry], excuses: Mapping[int, str], faults: Faults, field: str
) -> tuple[list[Entry], list[list[Any]]]:
    """Return the members that stay, and those left out with their reasons."""
    said: dict[int, str] = {}
    for pk, text in excuses.items():
        with faults.of():
            said[pk] = kept(text, field, LONGEST_EXCUSE, words=True)
    said = {pk: text for pk, text in said.items() if text}
    strangers = said.keys() - {each.id for each in members}
    if strangers:
        faults.add(ValidationError({field: _("Somebody who is left out is not in the pool any more.")}))
    excused = [[each.id, each.name, said[each.id]] for each in members if each.id in said]
    return [each for each in members if each.id not in said], excused


def _pairs(
    barred: Sequence[tuple[int, int, str]],
    pool: Pool,
    entries: Sequence[Entry],
    people: Sequence[Entry],
    faults: Faults,
) -> list[list[Any]]:
    """Return the pairs that must not meet, without those of which one is left out anyway."""
    known, known_people = {each.id for each in pool.entries}, {each.id for each in pool.people}
    if any(person not in known_people or entry not in known for person, entry, _reason in barred):
        faults.add(ValidationError({"barred": _("Somebody who must not meet is not in the pool any more.")}))
    here, there = {each.id for each in entries}, {each.id for each in people}
    found: list[list[Any]] = []
    for person, entry, reason in barred:
        words = ""
        with faults.of():
            words = kept(reason, "barred", LONGEST_EXCUSE, words=True)
        if not words:
            faults.add(ValidationError({"barred": _("Give the reason why the two must not meet.")}))
        if person in there and entry in here and [person, entry] not in [each[:2] for each in found]:
            found.append([person, entry, words])
    return sorted(found)


def too_many() -> str:
    """Return what is said of a pool that is too large."""
    return _("More than %(most)d are in the pool. Narrow the filter.") % {"most": MOST_IN_POOL}


def _check_size(entries: Sequence[Entry], take: int | None, faults: Faults) -> None:
    if not entries:
        faults.add(ValidationError(_("The pool is empty. Widen the filter.")))
    elif len(entries) > MOST_IN_POOL:
        faults.add(ValidationError(too_many()))
    elif not isinstance(take, int) or not 1 <= take <= min(len(entries), MOST_DRAWN):
        most = min(len(entries), MOST_DRAWN)
        words = _("Enter a number from 1 to %(most)d.")
        faults.add(ValidationError({"take": words % {"most": most}}))


def _check_people(
    lot: LotKind, entries: Sequence[Entry], people: Sequence[Entry], pairs: list[list[Any]], faults: Faults
) -> None:
    apart: dict[int, set[int]] = {}
    for person, entry, _reason in pairs:
        apart.setdefault(entry, set()).add(person)
    for each in entries:
        if len(people) - len(apart.get(each.id, ())) < lot.per:
            words = _("Too few officers are left for %(name)s: %(number)d are drawn for each.")
            faults.add(ValidationError(words % {"name": each.name, "number": lot.per}))
            return


def _lock_bureau(actor: Actor) -> None:
    Bureau.objects.select_for_update(no_key=True).get(pk=actor.bureau_id)


def _locked(actor: Actor, id: int) -> Draw:
    draw = get_draw(actor, id)
    require_own(actor, draw)
    _lock_bureau(actor)  # of two draws at once, the later sees what the earlier has drawn
    Draw.objects.select_for_update(no_key=True).get(pk=draw.pk)
    draw.refresh_from_db()
    return draw


@transaction.atomic
@as_declared
def draw_lot(*, actor: Actor, id: int) -> Draw:
    """Draw from a frozen pool: make a seed, and keep it with what it draws. One that is drawn is returned as it stands.

    Raise NotAllowed, Http404, WrongState while a redraw is not approved, and if what is stored does not fit the logged digest.
    """
    draw = _locked(actor, id)
    if draw.seed is not None:
        return draw
    if draw.state is not DrawState.FROZEN:
        raise WrongState(_("This draw replaces another one. It must be approved by a second person first."))
    if not draw.computed_digest() == draw.digest == logged_digest(draw):
        raise WrongState(_("The pool does not fit its digest any more. Nothing was drawn."))
    draw.seed = secrets.token_hex(32)
    draw.result = computed_result(draw)
    draw.drawn_at = timezone.now()
    draw.drawn_by, draw.drawn_by_id = actor.name[:80], actor.user_id
    draw.save(update_fields=["seed", "result", "drawn_at", "drawn_by", "drawn_by_id"])
    draw.refresh_from_db()
    auditing.record(
        actor=actor,
        action=AuditAction.DRAW,
        target=draw,
        after={"pool_digest": draw.digest, "seed": draw.seed, "drawn": len(draw.result)},
    )
    if draw.redraws_id is not None:
        draw.lot.dropped(actor, get_draw(actor, draw.redraws_id))
    draw.lot.drawn(actor, draw)
    return draw


def computed_result(draw: Draw) -> list[list[Any]]:
    """Return what the seed draws from the stored pool: ids in the order drawn, each with the people drawn for it."""
    seed = draw.seed or ""
    drawn = drawing.draw(seed, [each[0] for each in draw.pool], draw.take)
    pairs = [(person, entry) for person, entry, _reason in draw.barred]
    people = drawing.assign(seed, drawn, [each[0] for each in draw.people], draw.per, pairs)
    return [[each, people[each]] for each in drawn]


def is_as_drawn(draw: Draw) -> bool:
    """Return whether what is stored has the logged digest, and its seed draws the stored result again."""
    is_as_frozen = draw.computed_digest() == draw.digest == logged_digest(draw)
    return is_as_frozen and computed_result(draw) == draw.result


@transaction.atomic
@as_declared
def decide(*, actor: Actor, id: int, approved: bool, reason: str) -> Draw:
    """Approve that a draw is made again, or decline it. Not by who asked for it; the same decision twice is one.

    Raise NotAllowed, Http404, WrongState for one's own request, one that is decided otherwise or by somebody else, and a draw that
    replaces none, ValidationError at ``reason``.
    """
    draw = _locked(actor, id)
    if (draw.approved, draw.decided_by_id) == (approved, actor.user_id):
        return draw
    if words := refuses_decision(actor, draw):
        raise WrongState(words)
    draw.decision = required_reason(reason)
    draw.approved = approved
    draw.decided_by, draw.decided_by_id, draw.decided_at = actor.name[:80], actor.user_id, timezone.now()
    draw.save(update_fields=["approved", "decision", "decided_by", "decided_by_id", "decided_at"])
    withdraw(ASKED, object_id=draw.pk, bureau_id=draw.bureau_id)  # nobody else need decide any more
    action = AuditAction.APPROVE if approved else AuditAction.DECLINE
    auditing.record(actor=actor, action=action, target=draw, reason=reason)
    return draw


def refuses_decision(actor: Actor, draw: Draw) -> str:
    """Return why this actor does not decide about a draw; empty if they may."""
    if draw.state is not DrawState.ASKED:
        return _("Nobody has asked for this draw to be approved, or it is decided already.")
    if actor.user_id == draw.frozen_by_id:
        return _("You asked for it yourself, so another chief or supervisor decides about it.")
    return ""
