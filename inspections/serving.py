"""Deadlines that run from the service of the order: what moves when it is served, and moving it.

The order says the period and the day that was assumed. It is served on another day: each deadline that was counted is
counted again from that day, by the length it began with. One that an officer chose keeps its day, and so does one that
was put right already. The step has the day on which somebody confirmed it, so that past quarters stay as they were rated.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import replace

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from facts.selectors import visible
from foundation.accounts.actors import Actor
from foundation.contributions.papers import Move
from inspections.deadlines import begun_on, limit_of
from inspections.models import Hazard
from inspections.recounting import move_deadline
from papers.access import Permission
from papers.models import Paper
from papers.selectors import served_before

ACT = "count_from_service"
KIND = "hazard"


def moves_by_service(actor: Actor, paper: Paper, served_on: dt.date) -> list[Move]:
    """Return which deadlines of an order end on another day when it is served on a day, the earliest first.

    A correction moves only what was in no version that was served before: its mistake gives nobody more time. Two queries.
    """
    ids = set(paper.records.get(KIND, ()))
    for earlier in served_before(paper):
        ids -= set(earlier.records.get(KIND, ()))
    waiting = visible(actor, Hazard).filter(
        enterprise_id=paper.enterprise_id,
        pk__in=ids,
        closed_on=None,
        rectified_on=None,
        suspended_on=None,
        counted_as__isnull=False,
    )
    today, found = timezone.localdate(), []
    for hazard in waiting.order_by("due_on", "pk"):
        limit, old_on = limit_of(hazard), hazard.deadline_on
        if limit is None or old_on is None or served_on < begun_on(hazard) or limit.start_on == served_on:
            continue
        new_on = replace(limit, start_on=served_on).count().last_on
        if new_on and new_on != old_on:
            url = reverse("inspections:hazard", args=[hazard.pk])
            row = Move(hazard.pk, hazard.version, str(hazard), url, old_on, new_on, is_over=new_on < today)
            found.append(row)
    return found


def move_by_service(actor: Actor, paper: Paper, served_on: dt.date, ids: Collection[int]) -> None:
    """Count the deadlines of these hazards from the day of service, each with its step. Raise WrongState."""
    hazards = visible(actor, Hazard).filter(enterprise_id=paper.enterprise_id).in_bulk(list(ids))
    for id in sorted(hazards):
        limit = limit_of(hazards[id])
        if limit is None:
            continue
        words = _("%(paper)s was served on %(day)s.") % {"paper": paper, "day": served_on.isoformat()}
        move_deadline(
            actor,
            hazards[id],
            replace(limit, start_on=served_on),
            act=ACT,
            permission=Permission.SERVE_PAPERS,
            reason=words,
        )
