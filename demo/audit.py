"""Words of what the demo does."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.audit import Action, register

register(
    Action(
        "demo:build",
        _("Demo data made"),
        names_no_kind=True,
        labels={"records": _("Number"), "acknowledged": _("Acknowledged")},
    )
)
