"""The life of an obstruction of an inspection."""

from django.utils.translation import gettext_lazy as _

from inspections.access import Permission
from inspections.lives.finding import FindingWords, finding_life
from inspections.models import Obstruction

OBSTRUCTION_LIFE = finding_life(
    Obstruction,
    Permission.CONFIRM_OBSTRUCTIONS,
    Permission.WITHDRAW_OBSTRUCTIONS,
    FindingWords(
        confirm=_("Confirm the obstruction"),
        confirmed_means=_(
            "From this day the enterprise sees it. If the standard in force has a veto for obstruction, it turns red until an "
            "inspection after this day is qualified."
        ),
        confirmed=_("The obstruction was confirmed."),
        ask=_("Ask to withdraw the finding of obstruction"),
        withdraw=_("Withdraw the finding of obstruction"),
        withdrawn=_("The finding of obstruction was withdrawn."),
        keep=_("Keep the finding of obstruction"),
        kept=_("The finding of obstruction stays confirmed."),
    ),
)
