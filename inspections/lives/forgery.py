"""The life of a finding of forgery."""

from django.utils.translation import gettext_lazy as _

from inspections.access import Permission
from inspections.lives.finding import FindingWords, finding_life
from inspections.models import Forgery

FORGERY_LIFE = finding_life(
    Forgery,
    Permission.CONFIRM_FORGERIES,
    Permission.WITHDRAW_FORGERIES,
    FindingWords(
        confirm=_("Confirm the forgery"),
        confirmed_means=_(
            "From this day the enterprise sees it. If the standard in force has a veto for forgery, it turns red until an "
            "inspection after this day is qualified."
        ),
        confirmed=_("The forgery was confirmed."),
        ask=_("Ask to withdraw the finding of forgery"),
        withdraw=_("Withdraw the finding of forgery"),
        withdrawn=_("The finding of forgery was withdrawn."),
        keep=_("Keep the finding of forgery"),
        kept=_("The finding of forgery stays confirmed."),
    ),
)
