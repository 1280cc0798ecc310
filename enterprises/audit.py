"""Words of what is done to an entry of the register."""

from django.utils.translation import gettext_lazy as _

from enterprises.models import Enterprise
from foundation.contributions.audit import Action, Kind, register

register(
    Kind(
        "enterprise",
        Enterprise,
        formerly=("enterprises.Enterprise",),
        labels={"main": _("liaison officer"), "deputy": _("deputy"), "on": _("from")},
    ),
    Action("enterprise.register", _("Entered in the register"), "plus", names_no_kind=True),
    Action("enterprise.register_many", _("Entered in the register in one go"), names_no_kind=True),
    Action("enterprise.edit", _("Entry changed"), "pencil", "yellow", names_no_kind=True),
    Action("enterprise.hand_over", _("Handed over"), "arrows-exchange", names_no_kind=True),
    Action("enterprise.set_inactive", _("Taken off the register"), "door-exit", "red", names_no_kind=True),
    Action("enterprise.reactivate", _("Put back on the register"), "door-enter", "green", names_no_kind=True),
    Action("enterprise.liaison", _("Liaison officer designated"), "user-check", names_no_kind=True),
)
