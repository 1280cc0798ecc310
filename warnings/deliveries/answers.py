"""Reads of what departments say of messages and of the enterprises in them. The first argument is the actor who asks."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet, Window
from django.db.models.functions import RowNumber

from deliveries import selectors
from deliveries.choices import Progress
from deliveries.models import Answer
from enterprises.selectors import visible
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.tenancy.scope import Audience

WHOLE_MESSAGE = 0  # instead of an enterprise
MOST_ABOUT_ONE = 100  # answers of a department about one enterprise of a message, or about the whole of it
MOST_OF_MESSAGE = 5_000  # answers to a message in all: ten for each of its ratings


def answers(actor: Actor) -> QuerySet[Answer]:
    """Return the answers the actor may read, oldest first.

    A department reads its own, the bureau's supervisor and the system all of the bureau, the people of a station those
    about an enterprise that their station has now. Enterprises and operators read none.
    """
    rows = Answer.objects.filter(bureau_id=actor.bureau_id).order_by("id")
    if actor.audience is Audience.DEPARTMENT:
        rows = rows.filter(department_id=actor.department_id)
        if actor.key_id:
            rows = rows.filter(subscription_id__in=selectors.subscriptions(actor).values("pk"))
        return rows
    if actor.audience is Audience.SYSTEM or actor.role == Role.SUPERVISOR:
        return rows
    if actor.is_police:
        return rows.filter(enterprise_id__in=visible(actor).order_by().values("pk"))
    return rows.none()


def of_message(actor: Actor, *, subscription_id: int, sequence: int) -> QuerySet[Answer]:
    """Return what the department said of a message and of the enterprises in it, in order: up to ``MOST_OF_MESSAGE``."""
    return answers(actor).filter(subscription_id=subscription_id, sequence=sequence)


def page_of_message(
    actor: Actor, *, subscription_id: int, sequence: int, after: int, limit: int
) -> tuple[list[Answer], bool]:
    """Return at most ``limit`` answers to a message whose ids are after a number, and whether more follow."""
    rows = of_message(actor, subscription_id=subscription_id, sequence=sequence).filter(pk__gt=after)
    found = list(rows[: limit + 1])
    return found[:limit], len(found) > limit


def last_about(said: QuerySet[Answer], enterprises: Iterable[int], *, each: int) -> dict[int, list[Answer]]:
    """Return the last ``each`` answers of a message about some of its enterprises, in order."""
    place = Window(RowNumber(), partition_by="enterprise_id", order_by="-id")
    found: dict[int, list[Answer]] = {}
    for row in said.filter(enterprise_id__in=list(enterprises)).annotate(place=place).filter(place__lte=each):
        found.setdefault(row.enterprise_id, []).append(row)
    return found


def about(actor: Actor, enterprise_id: int) -> list[Answer]:
    """Return what departments said of one enterprise, newest first, with their names."""
    return list(
        answers(actor).filter(enterprise_id=enterprise_id).select_related("department").order_by("-id")[:50]
    )


def progress_of(said: QuerySet[Answer]) -> dict[int, str]:
    """Return the present progress by enterprise of a message (0: the whole of it). Words without progress count as noted.

    It reads one row of each.
    """
    last = (
        said.annotate(says=~Q(progress=""))
        .order_by("enterprise_id", "-says", "-id")
        .distinct("enterprise_id")
    )
    return {pk: progress or Progress.NOTED for pk, progress in last.values_list("enterprise_id", "progress")}
