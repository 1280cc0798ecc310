"""Words of what is done to standards and runs."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.audit import Kind, register, spelled
from ratings.models import Evaluation, Standard

register(
    Kind("standard", Standard, formerly=("ratings.Standard",)),
    Kind("evaluation", Evaluation, formerly=("ratings.Evaluation",)),
    *spelled(
        {
            "publish standard": _("Published"),
            "adopt standard": _("Adopted"),
            "open evaluation": _("Opened"),
            "open correction evaluation": _("Opened as a correction"),
            "open trial evaluation": _("Opened as a trial"),
            "open interim evaluation": _("Opened between two quarters"),
            "restart evaluation": _("Started again"),
            "complete evaluation": _("Completed"),
        },
        names_no_kind=True,
    ),
)
