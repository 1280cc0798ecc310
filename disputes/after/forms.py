"""Forms of follow-ups."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.after.planning import LONGEST_QUESTION
from disputes.after.recording import LONGEST
from disputes.choices import FollowUpWay, Satisfied
from foundation.accounts.models import User
from foundation.ui.forms import choices_of, day_field, reason_field, today_field

NO, YES = "", "yes"


def _yes_or_no(label: Any, yes: Any, no: Any, **options: Any) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label,
        choices=[("true", yes), ("false", no)],
        coerce=lambda value: value == "true",
        empty_value=None,
        widget=forms.RadioSelect,
        **options,
    )


class PlanForm(forms.Form):
    """A follow-up to come."""

    planned_on = day_field(_("Day"))
    way = forms.ChoiceField(label=pgettext_lazy("follow-up", "Way"), choices=FollowUpWay.choices)
    officer = forms.TypedChoiceField(label=_("By whom"), coerce=int)
    question = forms.CharField(label=_("What is asked"), max_length=LONGEST_QUESTION)

    half = ("planned_on", "way")

    def __init__(self, *args: Any, team: Sequence[User], **options: Any) -> None:
        super().__init__(*args, **options)
        choices_of(self, "officer").choices = [(each.pk, str(each)) for each in team]

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return given | {"officer_id": given.pop("officer")}


class DoneForm(forms.Form):
    """What a follow-up found."""

    use_required_attribute = False

    done_on = today_field(pgettext_lazy("follow-up", "Done on"))
    reached = _yes_or_no(
        pgettext_lazy("follow-up", "Was somebody reached?"), _("Yes"), _("No, nobody"), initial="true"
    )
    satisfied = forms.ChoiceField(
        label=pgettext_lazy("follow-up", "Satisfied?"),
        choices=Satisfied.choices,
        widget=forms.RadioSelect,
        required=False,
    )
    relapse = _yes_or_no(
        _("Has it broken out again?"),
        _("Yes: the dispute is reopened"),
        _("No, what was agreed is being kept"),
        required=False,
    )
    said = forms.CharField(
        label=pgettext_lazy("follow-up", "What was said"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only the police of the station read it."),
    )
    due_on = day_field(_("New deadline"), required=False, help_text=_("Only if it has broken out again."))


class JudgeForm(forms.Form):
    """What follows from a survey."""

    use_required_attribute = False

    reopen = _yes_or_no(_("What follows from it?"), _("The dispute is reopened"), _("It stays settled"))
    due_on = day_field(_("New deadline"), required=False, help_text=_("Only if the dispute is reopened."))
    reason = reason_field()


class ReasonForm(forms.Form):
    """Why."""

    reason = reason_field()
