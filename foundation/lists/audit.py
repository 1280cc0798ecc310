"""Words for views of lists in the audit log."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.audit import Kind, actions_from, register
from foundation.lists.choices import AuditAction
from foundation.lists.models import SavedView

register(
    Kind(
        "view",
        SavedView,
        labels={"list": _("List"), "filters": _("Filters")},
        personal=frozenset({"filters"}),  # a search may name a person
    ),
    *actions_from({AuditAction.SAVE: _("Shared a view"), AuditAction.REMOVE: _("Removed a shared view")}),
)
