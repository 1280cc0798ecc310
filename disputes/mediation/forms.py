"""Forms of mediation: the ways, what happens on them, the team, sessions."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from disputes.choices import Side
from disputes.mediation.choices import (
    STANDS_STILL,
    Agent,
    Cause,
    Ground,
    Manner,
    Minors,
    Offence,
    StepKind,
    TeamRole,
    TransferTo,
)
from disputes.mediation.meetings import officers_of
from disputes.mediation.rules import EXCLUSIONS
from disputes.mediation.sessions import Offered
from disputes.models import MediationSession, TeamMember
from disputes.models.session import LARGEST_OFFER, MOST_INSTALMENTS, MOST_PRESENT
from foundation.accounts.models import User
from foundation.ui.forms import AmountField, choices_of, day_field, reason_field, today_field

EXCLUSION = "exclusion_"  # begins the names of the boxes


def _words(
    label: Any, most: int, *, rows: int = 2, required: bool = False, **options: Any
) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=most,
        required=required,
        widget=forms.Textarea(attrs={"rows": rows}),
        **options,
    )


class WayForm(forms.Form):
    """From when, and why; the reason is needed where another way comes before."""

    from_on = today_field(_("From"))
    reason = _words(_("Why this way"), 2000)

    def __init__(self, *args: Any, is_change: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["reason"].required = is_change
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])


class PoliceForm(WayForm):
    """Public-security mediation: scope, the seven exclusions, minors and agents, the day from which it is counted."""

    half = ("from_on", "accepted_on", "offence", "ground")

    accepted_on = today_field(_("Case accepted on"))
    offence = forms.ChoiceField(label=_("What was done"), choices=[("", _("Choose")), *Offence.choices])
    ground = forms.ChoiceField(label=_("Why mediation fits"), choices=[("", _("Choose")), *Ground.choices])
    minors = forms.ChoiceField(label=_("Minors"), choices=Minors.choices, widget=forms.RadioSelect)
    agent = forms.ChoiceField(label=_("Who is represented"), choices=Agent.choices, widget=forms.RadioSelect)
    needs_appraisal = forms.BooleanField(
        label=_("An appraisal is awaited"),
        required=False,
        help_text=_("The first mediation is then counted from the day its result arrives."),
    )
    on_the_spot = forms.BooleanField(
        label=_("Mediated on the spot"),
        required=False,
        help_text=_("Minor, clear, no dispute about cost; both sides agree and perform at once (Art. 178)."),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for code, words in EXCLUSIONS.items():
            self.fields[f"{EXCLUSION}{code}"] = forms.BooleanField(label=words, required=False)
        self.fields["checked"] = forms.BooleanField(
            label=_("I have checked each of the seven; those that are not ticked do not apply"),
            required=False,
        )

    @property
    def boxes(self) -> list[forms.BoundField]:
        """The boxes of the exclusions."""
        return [self[f"{EXCLUSION}{code}"] for code in EXCLUSIONS]

    def clean(self) -> None:
        if not self.cleaned_data.get("checked"):
            self.add_error("checked", _("Check the seven exclusions first (Art. 179)."))

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        ticked = [code for code in EXCLUSIONS if given.pop(f"{EXCLUSION}{code}", False)]
        given.pop("checked", None)
        return given | {"exclusions": ticked}


def _acceptance() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("Do the parties accept it?"),
        choices=[("yes", _("No party refuses")), ("no", _("A party clearly refuses"))],
        coerce=lambda value: value == "yes",
        initial="yes",
        widget=forms.RadioSelect,
    )


class PeoplesForm(WayForm):
    """People's mediation: by which committee, in writing or orally, and whether anybody refuses."""

    half = ("from_on", "body")

    body = forms.CharField(label=_("Committee"), max_length=120)
    oral = forms.TypedChoiceField(
        label=_("The agreement will be"),
        choices=[("no", _("in writing")), ("yes", _("oral; the mediator records what it says"))],
        coerce=lambda value: value == "yes",
        initial="no",
        widget=forms.RadioSelect,
    )
    all_accept = _acceptance()


class AdministrativeForm(WayForm):
    """Administrative mediation: by which office."""

    half = ("from_on", "body")

    body = forms.CharField(label=_("Office"), max_length=120)
    all_accept = _acceptance()


class TransferForm(WayForm):
    """To whom the dispute is transferred."""

    half = ("from_on", "recipient")

    recipient = forms.ChoiceField(
        label=_("Who takes it over"), choices=[("", _("Choose")), *TransferTo.choices]
    )
    body = forms.CharField(
        label=_("Name of the body"),
        max_length=120,
        help_text=_("As it stands on the letter."),
    )


class StepForm(forms.Form):
    """What happened on a way, and on which day."""

    on = today_field(_("On"))
    cause = forms.ChoiceField(
        label=_("Why"),
        choices=[each for each in Cause.choices if each[0] not in (Cause.CHANGED, *STANDS_STILL)],
        widget=forms.RadioSelect,
        required=False,
    )
    said = _words(_("Words"), 2000)

    labels = {
        StepKind.SUSPENDED: _("What is examined or heard, and by whom"),
        StepKind.EXTENDED: _("Who approved it, under which number"),
        StepKind.RECEIVED: _("Who received it, under which number"),
        StepKind.RESULT: _("What the other body decided or did"),
        StepKind.REFUSED: _("Which side refused, and how it was said"),
        StepKind.DECIDED: _("What was decided"),
        StepKind.FAILED: _("What stood in the way"),
    }

    def __init__(self, *args: Any, kind: StepKind, **options: Any) -> None:
        super().__init__(*args, **options)
        if kind == StepKind.SUSPENDED:
            choices_of(self, "cause").choices = [(each.value, each.label) for each in STANDS_STILL]
        elif kind != StepKind.FAILED:
            del self.fields["cause"]
        if kind in self.labels:
            self.fields["said"].label = self.labels[kind]
        else:
            del self.fields["said"]


class MemberForm(forms.Form):
    """Somebody who is invited to the team."""

    half = ("role", "name", "organisation", "telephone")

    role = forms.ChoiceField(label=_("Takes part for"), choices=[("", _("Choose")), *TeamRole.choices])
    name = forms.CharField(label=_("Name"), max_length=80)
    organisation = forms.CharField(label=_("Organisation"), max_length=120, required=False)
    telephone = forms.CharField(label=_("Telephone of the office"), max_length=40, required=False)
    invited_on = today_field(_("Invited on"))


ACCEPTED, DECLINED, CONFLICT, LEFT, WRONG = "accepted", "declined", "conflict", "left", "wrong"
HAPPENED = (
    (ACCEPTED, _("Accepted the invitation")),
    (DECLINED, _("Declined the invitation")),
    (CONFLICT, _("Has a conflict of interest")),
    (LEFT, pgettext_lazy("mediation team", "Left the team")),
    (WRONG, _("Was entered by mistake")),
)


class NoteForm(forms.Form):
    """What became of a member."""

    what = forms.ChoiceField(label=pgettext_lazy("mediation team", "What happened"), widget=forms.RadioSelect)
    on = today_field(_("On"))
    said_by = forms.CharField(
        label=_("Who says so"), max_length=80, required=False, help_text=_("For a conflict of interest.")
    )
    reason = reason_field(required=False, label=_("Why"), max_length=500)

    def __init__(self, *args: Any, member: TeamMember, **options: Any) -> None:
        super().__init__(*args, **options)
        closed = {
            ACCEPTED: member.answered_on,
            DECLINED: member.answered_on,
            CONFLICT: member.conflict_on,
            LEFT: member.left_on,
        }
        # what was recorded is not offered again; sent again it is judged by the operation, which may know it
        choices_of(self, "what").choices = [
            each for each in HAPPENED if self.is_bound or not closed.get(each[0])
        ]


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Enter a time such as 14:30.")},
    )


class WhenForm(forms.Form):
    """Day, time, place and officers of a session."""

    half = ("on", "manner", "begins_at", "ends_at", "officer", "second")

    on = today_field(_("Day"))
    manner = forms.ChoiceField(label=pgettext_lazy("session", "How"), choices=Manner.choices)
    begins_at = _time(pgettext_lazy("time", "From"))
    ends_at = _time(pgettext_lazy("time", "Until"))
    place = forms.CharField(label=pgettext_lazy("session", "Place"), max_length=120)
    officer = forms.TypedChoiceField(label=_("Officer"), coerce=int)
    second = forms.TypedChoiceField(label=_("Second officer"), coerce=int, required=False, empty_value=None)

    def __init__(
        self, *args: Any, officers: Sequence[User], before: MediationSession | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        here = {each.pk: (str(each), each.police_number) for each in officers}
        named = [(pk, f"{name} ({number})") for pk, (name, number) in (here | officers_of(before)).items()]
        chosen = self.data.get("officer") if self.is_bound else self.initial.get("officer")
        is_there = str(chosen) in {str(pk) for pk, _label in named}  # else the first would be chosen unasked
        choices_of(self, "officer").choices = named if is_there else [("", _("Choose")), *named]
        choices_of(self, "second").choices = [("", pgettext_lazy("officer", "None")), *named]

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        return given | {"officer_id": given.pop("officer"), "second_id": given.pop("second")}


class PlanForm(WhenForm):
    """A session that is planned."""


class MoveForm(WhenForm):
    """A planned session is moved."""

    reason = reason_field(label=_("Why it is moved"))


def _people(label: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=0, max_value=MOST_PRESENT, required=False, initial=0)


class SessionForm(WhenForm):
    """A session that was held: when and where, who was there, what each side offered, the minutes, what comes next."""

    led_by = forms.TypedChoiceField(
        label=pgettext_lazy("session", "Led by"), coerce=int, required=False, empty_value=None
    )
    present = forms.TypedMultipleChoiceField(
        label=_("Of the team"), coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    applicants = _people(_("Applicants"))
    respondents = _people(_("Respondents"))
    others = _people(_("Others concerned"))
    minutes = _words(
        pgettext_lazy("session", "Minutes"),
        20_000,
        rows=8,
        required=True,
        help_text=_("What was said and shown, in its order."),
    )
    next_step = forms.CharField(label=_("Next step"), max_length=500, required=False)
    next_on = day_field(pgettext_lazy("day", "By"), required=False)
    camera = forms.CharField(label=_("Body camera or recording no."), max_length=40, required=False)
    is_standard = forms.BooleanField(label=_("In standard rooms of the police"), required=False)
    is_recorded = forms.BooleanField(label=_("Recorded in full, picture and sound"), required=False)
    late_reason = forms.CharField(
        label=_("Why it was late"),
        max_length=500,
        required=False,
        help_text=_("Only if public-security mediation was later than its time limit."),
    )

    def __init__(
        self,
        *args: Any,
        team: Sequence[TeamMember],
        before: MediationSession | None = None,
        **options: Any,
    ) -> None:
        super().__init__(*args, before=before, **options)
        there = {before.led_by, *(each["name"] for each in before.present)} if before else set()
        named = [(each.pk, str(each)) for each in team if each.takes_part or each.name in there]
        choices_of(self, "led_by").choices = [("", _("The officers")), *named]
        choices_of(self, "present").choices = named
        for side in Side:
            self.fields[f"{side}_amount"] = AmountField(
                label=_("Amount (yuan)"),
                required=False,
                min_value=0,
                max_value=LARGEST_OFFER,
                decimal_places=2,
            )
            self.fields[f"{side}_instalments"] = forms.IntegerField(
                label=_("Instalments"), required=False, min_value=1, max_value=MOST_INSTALMENTS
            )
            self.fields[f"{side}_words"] = forms.CharField(
                label=pgettext_lazy("offer", "In words"), required=False, max_length=500
            )
        if before:
            self.fields["reason"] = reason_field(label=_("What was wrong"))

    def title_of(self, name: str) -> str:
        """Return the side that a field of an offer belongs to, for the list of errors."""
        return next((str(side.label) for side in Side if name.startswith(f"{side}_")), "")

    @property
    def offers(self) -> list[tuple[Any, list[forms.BoundField]]]:
        """Each side with its three fields."""
        return [
            (side.label, [self[f"{side}_{name}"] for name in ("amount", "instalments", "words")])
            for side in Side
        ]

    def values(self) -> dict[str, Any]:
        given = super().values()
        offers = [
            Offered(
                side,
                given.pop(f"{side}_amount", None),
                given.pop(f"{side}_instalments", None),
                given.pop(f"{side}_words", None) or "",
            )
            for side in Side
        ]
        for name in ("applicants", "respondents", "others"):
            given[name] = given[name] or 0
        return given | {"offers": offers}


def initial_of(session: Any, team: Sequence[TeamMember]) -> dict[str, Any]:
    """Return the values of the form for a session that is corrected."""
    names = (
        *("on", "manner", "begins_at", "ends_at", "place", "applicants", "respondents", "others", "minutes"),
        *("next_step", "next_on", "camera", "is_standard", "is_recorded", "late_reason"),
    )
    there = {each["name"] for each in session.present}
    found: dict[str, Any] = {name: getattr(session, name) for name in names}
    found |= {
        "officer": session.officer_id,
        "second": session.second_id,
        "led_by": next((each.pk for each in team if each.name == session.led_by), None),
        "present": [each.pk for each in team if each.name in there],
    }
    for said in session.offered:
        found |= {f"{said.side}_{name}": getattr(said, name) for name in ("amount", "instalments", "words")}
    return found


class LetterForm(forms.Form):
    """What a letter of transfer says besides what is recorded."""

    facts = _words(_("What it is about"), 2000, rows=4, required=True)
    asked = _words(_("What the other body is asked to do"), 1000, rows=3, required=True)
    enclosed = _words(_("What is enclosed"), 500)
