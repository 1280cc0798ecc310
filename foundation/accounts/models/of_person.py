"""What is kept for one person in one role."""

from django.db import models

from foundation.accounts.models.organisations import Bureau
from foundation.accounts.models.people import RoleGrant, User


class OfPerson(models.Model):
    """A row of one person in one role, with the keys that its :class:`PersonPolicy` needs.

    The composite key to the grant, which each model adds, covers user and bureau.
    """

    user = models.ForeignKey(
        User, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False
    )
    grant = models.ForeignKey(RoleGrant, on_delete=models.PROTECT, related_name="+", db_index=False)
    bureau = models.ForeignKey(
        Bureau,
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        db_index=False,
        db_constraint=False,
    )

    class Meta:
        abstract = True
