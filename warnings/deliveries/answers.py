"""Reads of what departments say of messages and of the enterprises in them. The first argument is the actor who asks."""

from collections.abc import Iterable

from django.db.models import QuerySet

from deliveries import selectors
from deliveries.choices import Progress
from deliveries.models import Answer
from enterprises.selectors import visible
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.tenancy.scope import Audience

WHOLE_MESSAGE = 0  # instead of an enterprise


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


def of_message(actor: Actor, *, subscription_id: int, sequence: int) -> list[Answer]:
    """Return what the department said of a message and of the enterprises in it, in order."""
    return list(answers(actor).filter(subscription_id=subscription_id, sequence=sequence))


def about(actor: Actor, enterprise_id: int) -> list[Answer]:
    """Return what departments said of one enterprise, newest first, with their names."""
    return list(
        answers(actor).filter(enterprise_id=enterprise_id).select_related("department").order_by("-id")[:50]
    )


def progress_of(found: Iterable[Answer]) -> dict[int, str]:
    """Return the present progress by enterprise (0: the message as a whole). Words without progress count as noted."""
    last: dict[int, str] = {}
    for row in found:
        last[row.enterprise_id] = row.progress or last.get(row.enterprise_id, Progress.NOTED)
    return last
