"""Forms of the plan: a visit, moving visits, an absence, what the bureau publishes, approval."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from foundation.accounts.models import User
from foundation.ui.forms import choices_of, day_field, reason_field, today_field
from inspections.choices import AbsenceKind, Half, VisitSource
from inspections.models import PlannedVisit

AUTO = ""  # the program names the second officer, or the reason that each enterprise has


class WhenForm(forms.Form):
    """Day and officers of visits."""

    on = day_field(_("Day"))
    part = forms.ChoiceField(
        label=_("Part of the day"), required=False, choices=[("", _("The whole day")), *Half.choices]
    )
    officer = forms.TypedChoiceField(label=_("Officer"), coerce=int)
    second = forms.TypedChoiceField(label=_("Second officer"), coerce=int, required=False, empty_value=None)

    half = ("on", "part", "officer", "second")

    def __init__(self, *args: Any, team: Sequence[User], **options: Any) -> None:
        super().__init__(*args, **options)
        named = [(each.pk, str(each)) for each in team]
        choices_of(self, "officer").choices = named
        choices_of(self, "second").choices = [(AUTO, _("Who has the fewest visits that day")), *named]

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return given | {
            "officer_id": given.pop("officer"),
            "second_id": given.pop("second"),
            "half": given.pop("part"),
        }


class VisitForm(WhenForm):
    """A visit, or several on one day."""

    source = forms.ChoiceField(
        label=_("Reason"),
        required=False,
        choices=[(AUTO, _("As each is due")), *[each for each in VisitSource.choices if each[0] != "lot"]],
    )
    reference = forms.CharField(
        label=_("Order from above"),
        required=False,
        max_length=120,
        help_text=_("Number, day and who gave it. Such an inspection does not count in the yearly limit."),
    )
    departments = forms.CharField(
        label=_("Together with these departments"),
        required=False,
        max_length=200,
        help_text=_("Inspect once, together: name the departments that come along."),
    )
    urgent = forms.BooleanField(label=_("Urgent: it is made before the chief approves it"), required=False)
    urgent_reason = forms.CharField(
        label=_("Why it cannot wait"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class DropForm(forms.Form):
    """Why a visit is taken off the plan."""

    reason = reason_field()


class RefuseForm(forms.Form):
    """Why a visit is not approved."""

    reason = reason_field(help_text=_("The officers of the visit read it."))


class ApproveForm(forms.Form):
    """Which of the visits that wait are approved, each as it was shown: with its version."""

    visit = forms.MultipleChoiceField(
        error_messages={
            "required": _("Tick at least one visit."),
            "invalid_choice": _("A visit was changed or decided in the meantime. Look at the list again."),
        }
    )

    def __init__(self, *args: Any, visits: Sequence[PlannedVisit], **options: Any) -> None:
        super().__init__(*args, **options)
        choices_of(self, "visit").choices = [(as_shown(each), str(each)) for each in visits]

    def versions(self) -> dict[int, int]:
        """Return the versions of the ticked visits, by id."""
        pairs = (each.split(":") for each in self.cleaned_data["visit"])
        return {int(pk): int(version) for pk, version in pairs}


def as_shown(visit: PlannedVisit) -> str:
    """Return how a form names a visit as it is now."""
    return f"{visit.pk}:{visit.version}"


class AbsenceForm(forms.Form):
    """Who is absent, from when to when, and why."""

    officer = forms.TypedChoiceField(label=_("Officer"), coerce=int)
    kind = forms.ChoiceField(label=_("Reason"), choices=AbsenceKind.choices)
    from_on = today_field(_("First day"))
    until_on = today_field(_("Last day"))

    half = ("officer", "kind", "from_on", "until_on")

    def __init__(self, *args: Any, team: Sequence[User], **options: Any) -> None:
        super().__init__(*args, **options)
        choices_of(self, "officer").choices = [(each.pk, str(each)) for each in team]

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return given | {"officer_id": given.pop("officer")}


def _number(label: Any, **options: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=366, **{"required": False, **options})


class RuleForm(forms.Form):
    """What a bureau publishes."""

    effective_from = today_field(_("In force from"))
    published = forms.CharField(
        label=_("Where it was published"),
        max_length=200,
        help_text=_("Document and number, or the address of the page."),
    )
    red = _number(_("Red enterprises, a year"))
    yellow = _number(_("Yellow enterprises, a year"))
    green = _number(_("Green enterprises, a year"))
    grey = _number(_("Enterprises not rated, a year"))
    per_day = _number(_("Visits of an officer a day"), required=True)

    half = ("effective_from", "per_day", "red", "yellow", "green", "grey")


class AfterwardsForm(forms.Form):
    """Why an inspection was made without approval, and by whom."""

    urgent_reason = forms.CharField(
        label=_("Why it could not wait"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    officer = forms.TypedChoiceField(label=_("Officer"), coerce=int)
    second = forms.TypedChoiceField(label=_("Second officer"), coerce=int)

    def __init__(self, *args: Any, team: Sequence[User], **options: Any) -> None:
        super().__init__(*args, **options)
        for name in ("officer", "second"):
            choices_of(self, name).choices = [(each.pk, str(each)) for each in team]

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return given | {"officer_id": given.pop("officer"), "second_id": given.pop("second")}


class PlanManyForm(WhenForm):
    """When and by whom many enterprises of a list are visited."""

    def __init__(self, *args: Any, team: Sequence[User], first_on: dt.date, **options: Any) -> None:
        super().__init__(*args, team=team, **options)
        self.fields["on"].initial = first_on
