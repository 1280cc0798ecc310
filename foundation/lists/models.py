"""A list as somebody wants to see it again."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.accounts.models import OfPerson, Station
from foundation.tenancy.policies import CompositeForeignKey, KeptPolicy


class SavedView(OfPerson):
    """View 视图: filters, order and columns of a list, kept by one person in one role under a name.

    ``path`` and ``query`` are the address of the list. ``is_shared``: everybody of the ``station`` sees it, without a
    station the supervisors of the bureau. ``is_default``: its owner sees the list so, unless another view is asked for.
    """

    deletable = True

    station = models.ForeignKey(
        Station, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    path = models.CharField(_("list"), max_length=200)
    name = models.CharField(_("name"), max_length=40)
    query = models.TextField(blank=True)
    is_shared = models.BooleanField(_("shared"), default=False)
    is_default = models.BooleanField(_("opens first"), default=False)
    saved_at = models.DateTimeField(_("saved"), auto_now=True)

    class Meta:
        ordering = ["name", "id"]
        verbose_name = _("view of a list")
        verbose_name_plural = _("views of lists")
        indexes = [models.Index(fields=["bureau", "path"], name="savedview_list_idx")]
        constraints = [
            models.UniqueConstraint(fields=["grant", "path", "name"], name="savedview_name"),
            models.UniqueConstraint(
                fields=["grant", "path"], condition=models.Q(is_default=True), name="savedview_default"
            ),
            CompositeForeignKey(
                name="savedview_grant_fk",
                columns=("grant_id", "bureau_id", "user_id"),
                to="accounts.RoleGrant",
                to_columns=("id", "bureau_id", "user_id"),
            ),
            KeptPolicy(name="savedview_rls"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        """The address of the list in this view."""
        return f"{self.path}?{self.query}&view={self.pk}" if self.query else f"{self.path}?view={self.pk}"
