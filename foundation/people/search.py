"""People with an account in the one search."""

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from foundation.accounts import reach, selectors
from foundation.accounts.access import Permission
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import RoleGrant, User
from foundation.contributions.search import Findable, Found, Hit, register


def _people(actor: Actor, text: str) -> QuerySet[User]:
    """Return the people of a search, with their first role in the actor's organisation."""
    held = RoleGrant.objects.filter(reach.seen_grants(actor), user=OuterRef("pk"), revoked_at=None)
    held = held.order_by("id")
    return selectors.people_named(User.objects.filter(reach.seen_users(actor)), text).annotate(
        role=Subquery(held.values("role")[:1]),
        enterprise=Subquery(held.values("enterprise_name")[:1]),
        station=Subquery(held.values("station__name")[:1]),
    )


def _person(found: Found) -> Hit:
    role = str(Role(found["role"]).label) if found["role"] else ""
    line = (role, found["enterprise"] or found["station"], found["phone"])
    return Hit(
        found["name"],
        tuple(part for part in line if part),
        people=frozenset([found["name"]]),
        state="" if found["is_active"] else _("Disabled"),
        tone="red",
    )


register(
    Findable(
        code="people",
        title=pgettext_lazy("persons", "People"),
        icon="user-cog",
        rank=90,
        permission=Permission.MANAGE_PEOPLE,
        rows=_people,
        values={
            "name": "full_name",
            "phone": "phone",
            "is_active": "is_active",
            "role": "role",
            "enterprise": "enterprise",
            "station": "station",
        },
        hit=_person,
        by_words=False,  # a telephone number, a police number and pinyin are looked for in ways of their own
        page="accounts:user",
        list_page="accounts:users",
    )
)
