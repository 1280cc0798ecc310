"""Audit log labels for the demo."""

from django.utils.translation import gettext_lazy as _

from demo.choices import AuditAction
from foundation.contributions.audit import Action, Phrase, register

register(
    Phrase("demo_data", _("Demo data")),
    Action(
        AuditAction.FILL_WITH_DEMO_DATA,
        _("Demo data made"),
        formerly=("demo:build",),
        names_no_kind=True,
        labels={"records": _("Number"), "acknowledged": _("Acknowledged")},
    ),
)
