"""Doing an act on many rows: begun once, each row whole or not at all, gone on with after a worker was killed."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from foundation.accounts import access
from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor
from foundation.accounts.selectors import actor_in_grant
from foundation.bulk.acts import MOST, BulkAct, Judgement, act_at
from foundation.bulk.choices import CauseCode, RunState
from foundation.bulk.models import BulkRun
from foundation.inbox.notifying import in_each_language, notify, system_scope, together
from foundation.tenancy.scope import station_scope
from foundation.words import sentences

logger = structlog.get_logger(__name__)
BATCH = 50  # rows of one transaction of a worker
MOST_ATTEMPTS = 3  # of workers that were killed in the same place
KEPT = dt.timedelta(days=7)
STALLED = dt.timedelta(minutes=1)  # a batch takes seconds

Reason = str | dict[str, str]  # why a row is refused: by language, so that it is read in the reader's


def list_runs(actor: Actor) -> QuerySet[BulkRun]:
    """Return the acts on many of the actor's role that are still kept, newest first."""
    return BulkRun.objects.filter(grant_id=actor.grant_id, asked_at__gt=timezone.now() - KEPT)


def reasons(
    actor: Actor, act: BulkAct, ids: Sequence[int], arguments: Mapping[str, Any], judged: Judgement
) -> dict[int, Reason]:
    """Return why rows are refused, in each language. Judges once more for each other language, if any row is refused."""
    if not judged.refused:
        return {}
    found: dict[int, dict[str, str]] = {}
    here = translation.get_language()
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            said = judged if code == here else act.judge(actor, ids, arguments)
        for pk, why in judged.refused.items():
            found.setdefault(pk, {})[code] = said.refused.get(pk, why)
    return dict(found)


def reason_in_each_language(why: str, again: Callable[[], str]) -> Reason:
    """Return a reason in each language; ``again`` finds it once more in the language then active, or nothing."""
    here, found = translation.get_language(), {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            found[code] = why if code == here else again() or why
    return found


@transaction.atomic
def begin(
    *,
    actor: Actor,
    title: str,
    path: str,
    query: str = "",
    act: BulkAct,
    judged: Judgement,
    arguments: Mapping[str, Any],
    key: str,
    said: Mapping[int, Reason] | None = None,
) -> BulkRun:
    """Begin an act on the rows that are ready in a judgement, and finish it if they are few; else a worker must be woken.

    ``said``: why the others are refused, in each language (:func:`reasons`); without it, in the language of the judgement.

    Only they are done, and only those that would still lose what the person saw: the others stay refused as they were.
    Whoever sends the same form (``key``) again gets the run that it began. Raises NotAllowed; WrongState if the rows are
    too many.
    """
    access.require(actor, act.permission)
    total = len(judged.ready) + len(judged.same) + len(judged.refused)
    if total > MOST:
        raise WrongState(_("At most %(most)s at once. Narrow the list first.") % {"most": f"{MOST:,}"})
    run = BulkRun(
        user_id=actor.user_id,
        grant_id=actor.grant_id,
        bureau_id=actor.bureau_id or None,
        title=title[:200],
        path=path,
        query=query,
        act=act.code,
        arguments=dict(arguments),
        language=translation.get_language() or "",
        key=key,
        left=list(judged.ready),
        expected={str(pk): judged.replaces.get(pk, "") for pk in judged.ready},
        refused={str(pk): (said or {}).get(pk, why) for pk, why in judged.refused.items()},
        same=len(judged.same),
        total=total,
        in_background=len(judged.ready) > act.at_once,
    )
    with station_scope(system_scope(actor.bureau_id)):
        BulkRun.objects.bulk_create([run], ignore_conflicts=True)  # the form may be sent twice at once
    begun = BulkRun.objects.get(grant_id=actor.grant_id, key=key)
    if not begun.in_background:
        while do_some(actor, begun.pk, act):
            pass
        begun.refresh_from_db()
    return begun


@transaction.atomic
def do_some(actor: Actor, run_id: int, act: BulkAct) -> bool:
    """Do the next batch of a run in the actor's scope. Return whether there is more to do, and nobody else does it."""
    run = BulkRun.objects.select_for_update(skip_locked=True).filter(pk=run_id).first()
    if run is None or run.is_over:
        return False
    ids, left = _next_of(act, actor, run)
    with together(f"bulk:{run.pk}"):
        done, same, refused = _do(actor, act, ids, run)
    run.left, run.done, run.same = left, run.done + done, run.same + same
    run.refused |= refused
    run.worked_at, run.attempts = timezone.now(), 0
    if not left:
        run.state = RunState.DONE
        if run.in_background:
            _notify(run, act, CauseCode.DONE)
    run.save()
    return bool(left)


def _next_of(act: BulkAct, actor: Actor, run: BulkRun) -> tuple[list[int], list[int]]:
    """Return the rows of the next batch, with all others of their groups, and those that are left then."""
    groups = act.groups(actor, run.left) if len(run.left) > BATCH else {}
    begun = {groups[pk] for pk in run.left[:BATCH] if pk in groups}
    more = [pk for pk in run.left[BATCH:] if groups.get(pk) in begun]
    later = set(run.left[BATCH:]) - set(more)
    return [*run.left[:BATCH], *more], [pk for pk in run.left if pk in later]


def _do(actor: Actor, act: BulkAct, ids: Sequence[int], run: BulkRun) -> tuple[int, int, dict[str, Reason]]:
    """Do an act to each of the rows that are not so already. Return how many, how many were so, and who was refused."""
    arguments = run.arguments
    act.lock(actor, ids, arguments)
    try:
        judged = act.judge(actor, ids, arguments)
    except ValidationError as error:  # the officer left, the station was closed
        why = reason_in_each_language(
            sentences(*error.messages), partial(_fault_of_judging, actor, act, ids, arguments)
        )
        return 0, 0, {str(pk): why for pk in ids}
    refused = {str(pk): why for pk, why in reasons(actor, act, ids, arguments, judged).items()}
    for pk in judged.ready:
        present = judged.replaces.get(pk, "")
        if run.expected.get(str(pk), present) != present:
            words = partial(_changed, present)
            refused[str(pk)] = reason_in_each_language(words(), words)
    ready = [pk for pk in judged.ready if str(pk) not in refused]
    if ready and (why := _refusal(actor, act, ready, arguments)):
        # something came in between: those that it does not concern are done nevertheless
        together = _together(act, actor, ready)
        for each in together:
            if reason := why if len(together) == 1 else _refusal(actor, act, each, arguments):
                again = partial(_refusal, actor, act, each, arguments, is_kept=False)
                refused |= dict.fromkeys(map(str, each), reason_in_each_language(reason, again))
    seen = {*judged.ready, *judged.same, *judged.refused}
    refused |= {str(pk): reason_in_each_language(_gone(), _gone) for pk in ids if pk not in seen}
    return len(ids) - len(judged.same) - len(refused), len(judged.same), refused


def _changed(present: str) -> str:
    words = _("Somebody changed it in the meantime: %(present)s.") if present else ""
    return words % {"present": present} if words else _("Somebody changed it in the meantime.")


def _gone() -> str:
    return _("It is not on your list any more.")


def _fault_of_judging(actor: Actor, act: BulkAct, ids: Sequence[int], arguments: Mapping[str, Any]) -> str:
    try:
        act.judge(actor, ids, arguments)
    except ValidationError as error:
        return sentences(*error.messages)
    return ""


def _together(act: BulkAct, actor: Actor, ids: Sequence[int]) -> list[list[int]]:
    """Return the rows by group; a row without one is alone."""
    groups = act.groups(actor, ids)
    found: dict[tuple[bool, int], list[int]] = {}
    for pk in ids:
        found.setdefault((pk in groups, groups.get(pk, pk)), []).append(pk)
    return list(found.values())


def _refusal(
    actor: Actor, act: BulkAct, ids: Sequence[int], arguments: Mapping[str, Any], *, is_kept: bool = True
) -> str:
    """Do an act to all of these rows; not ``is_kept``, only try. Return why not, in which case none has changed."""
    try:
        with transaction.atomic():
            act.perform(actor, ids, arguments)
            transaction.set_rollback(not is_kept)
    except WrongState as error:
        return str(error)
    except ValidationError as error:
        return sentences(*error.messages)
    except ObjectDoesNotExist:
        return _gone()
    return ""


# --- by a worker ----------------------------------------------------------------------------------------------------


def work(*, bureau_id: int, run_id: int) -> None:
    """Go on with a run until nothing is left, unless another worker does or the role was revoked."""
    with station_scope(system_scope(bureau_id)):
        run = BulkRun.objects.select_related("user").filter(pk=run_id, state=RunState.RUNNING).first()
        actor = actor_in_grant(run.user, run.grant_id) if run else None
        if run and actor is None:  # the role was revoked: nobody may read it any more
            BulkRun.objects.filter(pk=run.pk).delete()
    if run is None or actor is None:
        return
    with translation.override(run.language):
        with station_scope(actor.scope()):
            own = BulkRun.objects.filter(pk=run.pk, state=RunState.RUNNING)
            own.update(attempts=F("attempts") + 1)
            act = act_at(run.path, run.act)
            attempts = own.values_list("attempts", flat=True).first() or 0
            if act is None or not access.allows(actor, act.permission) or attempts > MOST_ATTEMPTS:
                logger.warning("bulk act stopped", run=run.pk, path=run.path, act=run.act, attempts=attempts)
                if own.update(state=RunState.FAILED):
                    _notify(run, act, CauseCode.FAILED)
                return
        has_more = True
        while has_more:
            with station_scope(actor.scope()):
                has_more = do_some(actor, run.pk, act)


def unfinished_in(bureau_id: int | None) -> list[int]:
    """Delete what is older than ``KEPT`` in a bureau, or on the platform (None). Return the runs to go on with."""
    with station_scope(system_scope(bureau_id)):
        own = BulkRun.objects.filter(Q(bureau=None) if bureau_id is None else Q(bureau_id=bureau_id))
        now = timezone.now()
        own.filter(asked_at__lt=now - KEPT).delete()
        stalled = own.filter(state=RunState.RUNNING, worked_at__lt=now - STALLED)
        return list(stalled.values_list("pk", flat=True))


def _notify(run: BulkRun, act: BulkAct | None, code: str) -> None:
    values = {
        "object": in_each_language(act.label) if act else run.title,
        "done": run.done,
        "total": run.total,
    }
    notify(code, to=Q(pk=run.grant_id), key=str(run.pk), object_id=run.pk, values=values)
