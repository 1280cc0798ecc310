"""Reads of what departments ask for: keys, and addresses for their messages. The first argument is the actor who asks."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from deliveries.choices import WishKind, WishState
from deliveries.models import SECRETS, Wish
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.tenancy.scope import Audience


def wishes(actor: Actor) -> QuerySet[Wish]:
    """Return the requests the actor may read, newest first: a department's own, all of the bureau, all addresses."""
    rows = Wish.objects.select_related("department", "bureau", "subscription").order_by("-id")
    rows = rows.defer(*(f"subscription__{name}" for name in SECRETS))
    if actor.key_id:
        return rows.none()
    if actor.audience is Audience.DEPARTMENT:
        return rows.filter(bureau_id=actor.bureau_id, department_id=actor.department_id)
    if actor.role == Role.SUPERVISOR:
        return rows.filter(bureau_id=actor.bureau_id)
    return rows.filter(kind=WishKind.ADDRESS) if actor.role == Role.OPERATOR else rows.none()


def waiting_address(actor: Actor, subscription_id: int) -> Wish | None:
    """Return the last request for an address of a subscription that nobody has decided, None if there is none."""
    rows = wishes(actor).filter(subscription_id=subscription_id, state=WishState.ASKED)
    return rows.first()


FOUR_EYES = gettext_lazy(
    "You asked for this yourself, in another role. Somebody else approves it; you can withdraw or decline it."
)


def asked_by(actor: Actor, row: Wish) -> bool:
    """Return whether the actor asked for it, perhaps in another role."""
    return bool(actor.user_id) and row.asked_by_id == actor.user_id


def decided_by(actor: Actor) -> str:
    """Return the kind of request that the actor decides, "" for none: the bureau's supervisor keys, the operator addresses."""
    return {Role.SUPERVISOR: WishKind.KEY, Role.OPERATOR: WishKind.ADDRESS}.get(Role(actor.role), "")
