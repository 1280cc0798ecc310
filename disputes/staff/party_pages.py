"""Pages of the parties of a dispute: entering one, correcting, taking off, and opening a person."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.debug import sensitive_variables

from disputes.access import Permission
from disputes.choices import PartyKind, PartyRole, Side
from disputes.models import Party
from disputes.people import opening, parties, party_sheet
from disputes.people.entries import LONGEST_ADDRESS, LONGEST_NAME, LONGEST_ORGANISATION
from disputes.people.masking import masked_identity, masked_name, masked_phone
from disputes.people.sealed import shown
from disputes.people.selectors import get_party, latest_party, parties_of
from disputes.staff.party_list import PARTIES, OfParties, PartyList
from disputes.staff.party_sheet_pages import PartySheet, PartySheetTemplate
from facts.operations import VOIDED
from foundation.downloads import private_file
from foundation.exports import operations as exports
from foundation.exports.choices import CONTENT_TYPES, Format
from foundation.exports.sheets import Sheet, file_name
from foundation.ui.forms import day_field, reason_field
from foundation.ui.views import ActPage, Compared, CreatePage, Crumb, Difference, ShownOnce
from foundation.words import Words

CHOOSE = ("", _("Choose"))


class PartyForm(forms.Form):
    """What persons and organisations have in common."""

    side = forms.ChoiceField(label=_("Side"), choices=[CHOOSE, *Side.choices])
    role = forms.ChoiceField(label=pgettext_lazy("of a party", "Role"), choices=[CHOOSE, *PartyRole.choices])
    half: tuple[str, ...] = (
        *("side", "role", "name", "identity", "credit_code", "phone", "born_on", "representative"),
        *("representative_phone", "guardian", "guardian_identity"),
    )


class PersonForm(PartyForm):
    """A person."""

    name = forms.CharField(label=pgettext_lazy("of a person", "Name"), max_length=LONGEST_NAME)
    identity = forms.CharField(
        label=_("Identity number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"data-secret": "", "autocomplete": "off"}),  # drafts do not keep it
        help_text=_("18 digits. It is stored encrypted and shown to nobody who does not open the person."),
    )
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    born_on = day_field(_("Born on"), required=False, help_text=_("Only if there is no identity number."))
    address = forms.CharField(label=_("Address"), max_length=LONGEST_ADDRESS, required=False)
    guardian = forms.CharField(
        label=_("Guardian"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=_("Of a minor. Must be of age."),
    )
    guardian_identity = forms.CharField(
        label=_("Identity number of the guardian"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"data-secret": "", "autocomplete": "off"}),
    )
    guardian_phone = forms.CharField(label=_("Telephone of the guardian"), max_length=40, required=False)
    own_income = forms.BooleanField(
        label=_("16 or 17, lives on an income of their own and needs no guardian"), required=False
    )
    representative = forms.CharField(
        label=_("Represented by"),
        max_length=LONGEST_NAME,
        required=False,
        help_text=_("Not possible for who is suspected of an offence."),
    )
    representative_phone = forms.CharField(
        label=_("Telephone of the representative"), max_length=40, required=False
    )
    power = forms.FileField(label=_("Power of attorney, photo or file"), required=False)
    jointly_liable = forms.BooleanField(label=_("Jointly liable"), required=False)


class OrganisationForm(PartyForm):
    """An organisation."""

    name = forms.CharField(label=_("Name of the organisation"), max_length=LONGEST_ORGANISATION)
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
        required=False,
        help_text=_(
            "By it an enterprise of the bureau's register is linked and sees its own side in its portal."
        ),
    )
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    address = forms.CharField(label=_("Address"), max_length=LONGEST_ADDRESS, required=False)
    representative = forms.CharField(label=_("Represented by"), max_length=LONGEST_NAME, required=False)
    representative_phone = forms.CharField(
        label=_("Telephone of the representative"), max_length=40, required=False
    )
    power = forms.FileField(label=_("Power of attorney, photo or file"), required=False)
    jointly_liable = forms.BooleanField(label=_("Jointly liable"), required=False)


FORMS: dict[str, type[PartyForm]] = {PartyKind.PERSON: PersonForm, PartyKind.ORGANISATION: OrganisationForm}
# what few parties need
GROUPS: tuple[tuple[Words, tuple[str, ...]], ...] = (
    (_("Guardian, for a minor"), ("guardian", "guardian_identity", "guardian_phone", "own_income")),
    (_("Somebody represents this party"), ("representative", "representative_phone", "power")),
)
PRIVATE = (
    *("name", "identity", "phone", "born_on", "address", "credit_code"),
    *("guardian", "guardian_identity", "guardian_phone", "representative", "representative_phone"),
)


class PartySheetForm(forms.Form):
    """Why the persons of a dispute are opened, and in which format they are taken away."""

    reason = reason_field(help_text=_("Without names: others read it in the log."))
    kind = forms.ChoiceField(label=_("Format"), choices=Format.choices)


class PartySheetOpened(OfParties, ActPage):
    """The parties as they were entered, as a file: each is opened, for a reason that the log keeps."""

    permission = Permission.OPEN_PERSON
    title = _("Take the parties away unmasked?")
    text = _("The log keeps that you opened each person, when, and the reason. The chief reads it.")
    submit_label = _("Download")
    form_class = PartySheetForm
    dialog_template = ""
    is_sent_once = False  # each download is opened and noted

    def get_version(self) -> None:
        return None

    def get_back_url(self) -> str:
        return reverse("disputes:parties", args=[self.record.pk])

    @sensitive_variables()
    def perform(self, form: BaseForm) -> bytes:
        found = opening.open_all(
            actor=self.actor, dispute_id=self.record.pk, reason=form.cleaned_data["reason"]
        )
        lines = {each.party.pk: party_sheet.opened_cells(each) for each in found}
        told = [
            *self.told,
            (
                str(_("Note")),
                str(_("Names and numbers as they were entered. Whoever passes them on is responsible.")),
            ),
        ]
        sheet = Sheet(
            str(PARTIES), party_sheet.header(), list(lines), lambda keys: [lines[key] for key in keys], told
        )
        return exports.take_away(actor=self.actor, sheet=sheet, kind=form.cleaned_data["kind"])

    def done(self) -> HttpResponse:
        kind = self.request.POST["kind"]  # the form has checked it
        return private_file(self.result, CONTENT_TYPES[kind], file_name(str(PARTIES), kind))


class Folded:
    """A form of a party in groups, of which those that few parties need are folded until something stands in them."""

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found: dict[str, Any] = super().get_context_data(**context)  # type: ignore[misc]  # of the page that comes after it
        form: forms.Form = found["form"]
        folded = [name for _label, names in GROUPS for name in names]
        shown = [each for each in form.visible_fields() if each.name not in (*folded, "reason")]
        groups = []
        for label, names in GROUPS:
            fields = [form[name] for name in names if name in form.fields]
            if fields:
                is_open = any(
                    each.errors or each.value() or each.field.widget.attrs.get("placeholder")
                    for each in fields
                )
                groups.append({"label": label, "fields": fields, "is_open": is_open})
        last = [form["reason"]] if "reason" in form.fields else []
        return found | {"shown_fields": shown, "groups": groups, "last_fields": last}


class PartyAdd(Folded, OfParties, CreatePage):
    """Enter a party: a person, or an organisation (``?kind=body``)."""

    permission = Permission.RECORD_DISPUTES
    title = _("Enter a party")
    submit_label = _("Enter the party")
    done_text = _("The party was entered.")
    template_name = "disputes/people/add.html"
    tries_out = True

    @property
    def kind(self) -> str:
        return self.one_of("kind", PartyKind.values, PartyKind.PERSON)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.record.is_voided:
            return self.leave(self.get_back_url(), VOIDED)
        return super().get(request, *args, **kwargs)

    def get_form_class(self) -> Any:
        return FORMS[self.kind]

    def get_initial(self) -> dict[str, Any]:
        """Propose the enterprise that leads the dispute, until it is a party: only by its code it sees what it owes."""
        begin, lead = super().get_initial(), self.record.enterprise
        if self.kind != PartyKind.ORGANISATION:
            return begin
        if parties_of(self.actor, self.record).filter(registered_id=lead.pk).exists():
            return begin
        return begin | {"name": lead.name, "credit_code": lead.credit_code, "side": Side.RESPONDENT}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        kinds = [
            {"label": label, "url": f"?kind={code}", "active": code == self.kind}
            for code, label in PartyKind.choices
        ]
        return super().get_context_data(kinds=kinds, **context)

    def perform(self, form: BaseForm) -> Party:
        values = self.values(form)
        values.pop("power", None)
        return parties.add_party(
            actor=self.actor, dispute_id=self.record.pk, kind=self.kind, **values, **self.file_of(form)
        )


class OfParty(OfParties):
    """A page about one party."""

    @cached_property
    def party(self) -> Party:
        return get_party(self.actor, self.record, self.kwargs["party"])

    def get_version(self) -> None:
        return None

    def get_refusal(self) -> Words:
        if self.party.voided_at:
            return _("Somebody corrected or took off this party in the meantime.")
        return VOIDED if self.record.is_voided else ""

    def get_about(self) -> str:
        return f"{self.party.get_side_display()} · {self.party.masked_name}"

    def get_back_url(self) -> str:
        return reverse("disputes:parties", args=[self.record.pk])

    def get_trail(self) -> list[Crumb]:
        return [*super().get_trail(), Crumb(PARTIES, self.get_back_url())]


class PartyCorrect(Compared, Folded, OfParty, ActPage):
    """Correct a party, as it stands now. What is sealed is not shown: who leaves a field empty keeps what is there."""

    read_with_record = ("party",)
    permission = Permission.CORRECT_DISPUTES
    title = _("Correct the party")
    submit_label = _("Save")
    text = _("Type only what is wrong. What you leave empty stays as it is.")
    done_text = _("The party was corrected.")
    template_name = "disputes/people/add.html"
    dialog_template = ""

    @cached_property
    def party(self) -> Party:
        return latest_party(self.actor, self.record, self.kwargs["party"])

    def get_version(self) -> int:  # type: ignore[override]  # the row that stands now
        return self.party.pk

    def get_form_class(self) -> Any:
        return FORMS[self.party.kind]

    def get_initial(self) -> dict[str, Any]:
        party = self.party
        return {name: getattr(party, name) for name in ("side", "role", "jointly_liable", "own_income")}

    def get_form(self, form_class: Any = None) -> BaseForm:
        form, party = super().get_form(form_class), self.party
        masks = {
            "name": party.masked_name,
            "identity": masked_identity(party.identity),
            "phone": masked_phone(party.phone),
            "credit_code": party.credit_code,
            "address": "***" if party.sealed_address else "",
            "representative": masked_name(party.representative),
            "representative_phone": masked_phone(shown(party.sealed_representative_phone)),
            "guardian": masked_name(party.guardian),
            "guardian_identity": masked_identity(shown(party.sealed_guardian_identity)),
            "guardian_phone": masked_phone(shown(party.sealed_guardian_phone)),
        }
        for name in PRIVATE:
            if name in form.fields:
                form.fields[name].required = False
                form.fields[name].help_text = ""
                form.fields[name].widget.attrs["placeholder"] = masks.get(name, "")
        form.fields["reason"] = reason_field(help_text=_("Without names: others read it in the log."))
        return form

    def get_others(self, form: BaseForm, present: BaseForm) -> Sequence[Difference]:
        """Name also what this person typed over something sealed, as it stands now under its mask."""
        found = list(super().get_others(form, present))
        for name in PRIVATE:
            if form.cleaned_data.get(name):
                now = present.fields[name].widget.attrs["placeholder"]
                found.append((str(form[name].label), now, _("Below, as you typed it")))
        return found

    def perform(self, form: BaseForm) -> Party:
        values: dict[str, Any] = self.values(form) | self.file_of(form)
        values.pop("power", None)
        return parties.correct_party(
            actor=self.actor,
            dispute_id=self.record.pk,
            party_id=self.version(form) or self.kwargs["party"],
            **values,
        )


class ReasonWithoutNames(forms.Form):
    """A reason that others read in the log."""

    reason = reason_field(help_text=_("Without names: others read it in the log."))


class PartyVoid(OfParty, ActPage):
    """Take a party off."""

    permission = Permission.CORRECT_DISPUTES
    title = _("Take this party off?")
    text = _("It stays in the log and among those taken off.")
    submit_label = _("Take off")
    done_text = _("The party was taken off.")
    danger = True
    form_class = ReasonWithoutNames

    def perform(self, form: BaseForm) -> Party:
        return parties.void_party(
            actor=self.actor, dispute_id=self.record.pk, party_id=self.party.pk, **self.values(form)
        )


class PartyLink(OfParty, ActPage):
    """Link an organisation to the register, where its enterprise came after it was entered."""

    permission = Permission.CORRECT_DISPUTES
    title = _("Link to the register?")
    text = _(
        "By its unified social credit code. The enterprise then has a row of its own and sees its own side in its portal."
    )
    submit_label = _("Link it")
    done_text = _("The party is linked to the register.")
    form_class = ReasonWithoutNames

    def get_refusal(self) -> Words:
        words = super().get_refusal()
        return words or ("" if parties.links_to(self.actor, self.party) else parties.NOT_REGISTERED)

    def perform(self, form: BaseForm) -> Party:
        return parties.link_party(
            actor=self.actor, dispute_id=self.record.pk, party_id=self.party.pk, **self.values(form)
        )


class PartyOpen(OfParty, ShownOnce, ActPage):
    """Open a person: a reason each time, then what was entered, on a page that no browser keeps."""

    permission = Permission.OPEN_PERSON
    title = _("Open this person?")
    text = _("The log keeps that you opened this person, when, and the reason. The chief reads it.")
    submit_label = pgettext_lazy("a person", "Open")
    form_class = ReasonWithoutNames
    shown_template = "disputes/people/opened.html"
    is_sent_once = False  # each opening is noted

    def get_refusal(self) -> Words:
        return ""

    def perform(self, form: BaseForm) -> opening.Opened:
        return opening.open_party(
            actor=self.actor, dispute_id=self.record.pk, party_id=self.party.pk, **self.values(form)
        )

    def get_shown(self) -> dict[str, Any]:
        return {
            "opened": self.result,
            "party": self.party,
            "page_base": self.page_base,
            "trail": self.get_trail(),
            "title": self.party.masked_name,
            "back_url": self.get_back_url(),
            "fact": self.record,
        }


def party_urls(pages: Any) -> list[URLPattern]:
    """Return the addresses of these pages."""
    views = [
        ("parties/", PartyList, "parties"),
        ("parties/add/", PartyAdd, "party_add"),
        ("parties/sheet/", PartySheet, "party_sheet"),
        ("parties/sheet/opened/", PartySheetOpened, "party_sheet_opened"),
        ("parties/sheet/template/", PartySheetTemplate, "party_sheet_template"),
        ("parties/<int:party>/correct/", PartyCorrect, "party_correct"),
        ("parties/<int:party>/void/", PartyVoid, "party_void"),
        ("parties/<int:party>/link/", PartyLink, "party_link"),
        ("parties/<int:party>/open/", PartyOpen, "party_open"),
    ]
    return [path(f"<int:id>/{route}", view.as_view(pages=pages), name=name) for route, view, name in views]
