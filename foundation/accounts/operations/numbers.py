"""Police numbers: who may have one, and that no two people of a bureau's police have the same."""

from collections.abc import Collection

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from foundation.accounts.choices import POLICE_ROLES
from foundation.accounts.models import RoleGrant, User
from foundation.database.turns import take_turn


def police_bureaus(user: User) -> set[int]:
    """Return the bureaus in which a person holds a role of the police."""
    held = RoleGrant.objects.filter(user=user, role__in=POLICE_ROLES, revoked_at=None)
    return {bureau_id for bureau_id in held.values_list("bureau_id", flat=True) if bureau_id}


def refuse_police_number(user: User, number: str, bureaus: Collection[int]) -> None:
    """Raise ValidationError at ``police_number`` if a person with police roles in these bureaus cannot have this number.

    Of two who take the same number at once, one waits until the other's transaction ends. A disabled account keeps its
    number until its roles are taken away or the number is cleared.
    """
    if not number:
        return
    if not bureaus:
        raise ValidationError({"police_number": _("Only people of the police have a police number.")})
    take_turn(f"police number {number}")
    there = RoleGrant.objects.filter(
        user=OuterRef("pk"), role__in=POLICE_ROLES, revoked_at=None, bureau_id__in=bureaus
    )
    if User.objects.filter(Exists(there), police_number=number).exclude(pk=user.pk).exists():
        words = _("Somebody else in the bureau's police has this number. A supervisor can see who.")
        raise ValidationError({"police_number": words})
