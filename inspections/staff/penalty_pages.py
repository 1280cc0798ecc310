"""Pages of penalties, for the police alone."""

from django.utils.translation import gettext_lazy as _

from facts.staff.pages import FactPages
from inspections.access import Permission
from inspections.models import Penalty


class PenaltyPages(FactPages):
    """Penalties that the police imposed, with their legal basis."""

    model, permission, icon = Penalty, Permission.VIEW_PENALTIES, "gavel"
    prefix, noun, nouns = "penalties/", "penalty", "penalties"
    fields = (
        *("decided_on", "number", "basis", "kind", "target", "amount"),
        *("hearing_noticed_on", "aggravation", "note"),
    )
    half = fields[:7]

    title = _("Penalties")
    new_label = _("Record a penalty")
    saved = _("The penalty was recorded.")
    empty_title = _("No penalties")
    empty_text = _("Record here what was imposed, with its legal basis and the number of the decision.")
