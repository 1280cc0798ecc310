"""Forms of people, roles, organisations and keys. They check input; operations decide."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.accounts import access, reach, selectors
from foundation.accounts.actors import Actor
from foundation.accounts.choices import ENTERPRISE_ROLES, POLICE_ROLES, STATION_ROLES, Role
from foundation.accounts.duties import Held, chiefs_of, successors_of
from foundation.accounts.models import Bureau, Department, Station, User
from foundation.accounts.police_numbers import check_police_number
from foundation.identifiers import IdentifierFormField, compact
from foundation.ids import id_of
from foundation.ui.forms import OperationForm, ReasonForm, area_field, area_of, choices_of, day_field, rows_of
from foundation.ui.pickers import Choice, PickerInput

WHERE = ("station", "bureau", "department", "enterprise")
PERSON = ("username", "full_name", "police_number", "phone", "email")
CHECK = {"class": "form-check-input"}
DEFAULT_VALIDITY = dt.timedelta(days=365)  # how long a key works by default


def name_for(actor: Actor, organisation: Station | Department) -> str:
    """Return an organisation's name for this actor: with its bureau for operators, who see those of every bureau."""
    if actor.role == Role.OPERATOR:
        return f"{organisation.bureau.name} · {organisation.name}"
    return organisation.name


class ChangePasswordForm(allauth.ChangePasswordForm):
    """A new password. A wrong present one counts as a failed log-in: a stolen session must not try them all."""

    def clean_oldpassword(self) -> str:
        password = str(self.cleaned_data.get("oldpassword", ""))
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("enter_current_password")
        return password


class OrganisationForm(OperationForm):
    """An organisation. Its code cannot be changed later."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            del self.fields["code"]


class BureauForm(OrganisationForm):
    """A bureau."""

    class Meta:
        model = Bureau
        fields = ("code", *Bureau.EDITABLE)
        help_texts: ClassVar = {
            "rates_from": gettext_lazy(
                "First quarter that is rated automatically, such as 2026Q3. Leave it empty until the lists are imported: "
                "quarters that have ended are rated within a minute."
            )
        }


class StationForm(OrganisationForm):
    """A police station."""

    class Meta:
        model = Station
        fields = ("code", *Station.EDITABLE)


class DepartmentForm(OrganisationForm):
    """A partner department."""

    class Meta:
        model = Department
        fields = ("code", *Department.EDITABLE)


class ProfileForm(OperationForm):
    """Name, phone and e-mail of a person, of the police also the police number."""

    class Meta:
        model = User
        fields = User.EDITABLE
        widgets = {
            "full_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
            "police_number": forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if not (self.instance.police_number or selectors.is_police_officer(self.instance)):
            del self.fields["police_number"]


class OwnProfileForm(ProfileForm):
    """The same for one's own account. ``renames``: whether the name may be changed."""

    def __init__(self, *args: Any, renames: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not renames:
            name = self.fields["full_name"]
            name.disabled = True  # a posted name is ignored, the present one is used
            name.help_text = _(
                "What you do is recorded under this name. Your superior can change it under People."
            )


class OrganisationField(forms.ModelChoiceField):
    """A station or department, with its name for the actor."""

    actor: Actor

    def label_from_instance(self, obj: Station | Department) -> str:
        return name_for(self.actor, obj)


class RoleForm(forms.Form):
    """A role and the one organisation it needs. The role decides which field that is (htmx loads it)."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    station = OrganisationField(Station.objects.none(), label=gettext_lazy("Police station"))
    bureau = forms.ModelChoiceField(Bureau.objects.none(), label=gettext_lazy("Bureau"))
    department = OrganisationField(Department.objects.none(), label=gettext_lazy("Department"))
    enterprise = forms.CharField(
        label=gettext_lazy("Enterprise"),
        max_length=260,
        help_text=gettext_lazy("Type part of the name or the code, then choose from the list."),
    )

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        self.actor = actor
        super().__init__(*args, **options)
        offered = reach.roles_given_by(actor)
        role = self.data.get("role") if self.is_bound else self.initial.get("role")
        self.chosen = Role(role) if role in offered else offered[0]
        self.initial["role"] = self.chosen
        choices_of(self, "role").choices = [(each.value, each.label) for each in offered]
        self.fields["role"].widget.attrs |= {
            "hx-get": reverse("accounts:role_fields"),
            "hx-target": "#where",
            "hx-swap": "outerHTML",
            "hx-trigger": "change",
        }
        needed = self._needed()
        for name in WHERE:
            if name != needed:
                del self.fields[name]
        self._fill(needed)

    def _needed(self) -> str:
        if self.chosen in STATION_ROLES:
            return "" if self.actor.role == Role.CHIEF else "station"
        if self.chosen in ENTERPRISE_ROLES:
            return "enterprise"
        return {Role.SUPERVISOR: "bureau", Role.DEPARTMENT_OFFICER: "department"}.get(self.chosen, "")

    def _fill(self, needed: str) -> None:
        if needed == "enterprise":
            field = self.fields["enterprise"]
            field.widget = PickerInput(
                "enterprises:pick_enterprise", self._enterprises, placeholder=_("Name, initials or code")
            )
        elif needed == "bureau":
            rows_of(self, "bureau").queryset = selectors.list_bureaus(self.actor)
        elif needed:
            field = self.fields[needed]
            assert isinstance(field, OrganisationField)
            offered = selectors.list_stations if needed == "station" else selectors.list_departments
            field.queryset = offered(self.actor)
            field.actor = self.actor

    @property
    def where_fields(self) -> list[forms.BoundField]:
        """The field for the organisation, if the role needs one."""
        return [self[name] for name in WHERE if name in self.fields]

    def _enterprises(self, values: Sequence[str]) -> list[Choice]:
        """Return the words of an enterprise's id."""
        found = [selectors.get_enterprise(self.actor, number) for each in values if (number := id_of(each))]
        return [Choice(str(each.id), each.name) for each in found if each]

    def clean_enterprise(self) -> int:
        """Return the id of the enterprise: as the list sends it, or of the only one that a text fits."""
        text = self.cleaned_data["enterprise"].strip()
        number = id_of(text)
        named = selectors.get_enterprise(self.actor, number) if number is not None else None
        found = [named] if named else selectors.find_enterprises(self.actor, text, limit=2)
        if not found:
            raise ValidationError(_("This enterprise is not on your register."))
        if len(found) > 1:
            raise ValidationError(_("Several enterprises match. Choose one from the list."))
        return found[0].id

    def values(self) -> dict[str, Any]:
        """Return role and organisation as arguments of operations.grant_role."""
        given = {name: self.cleaned_data[name] for name in WHERE if name in self.fields}
        found = {f"{name}_id": getattr(value, "pk", value) for name, value in given.items()}
        if self.chosen in STATION_ROLES and self.actor.role == Role.CHIEF:
            found["station_id"] = self.actor.station_id
        return {"role": self.cleaned_data["role"], **found}


class PersonForm(RoleForm):
    """A new person with a first role."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=64,
        help_text=gettext_lazy(
            "Used to log in. Letters, digits and @ . + - _ only. It cannot be changed later."
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    full_name = forms.CharField(
        label=gettext_lazy("Full name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    police_number = IdentifierFormField(
        normalise=compact,
        validators=[check_police_number],
        label=gettext_lazy("Police number"),
        max_length=20,
        required=False,
        help_text=gettext_lazy("Only for people of the police. Papers that name them propose it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("Email"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )

    field_order = (*PERSON, "role", *WHERE)

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        if not POLICE_ROLES & set(reach.roles_given_by(actor)):
            del self.fields["police_number"]

    @property
    def person_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in PERSON if name in self.fields]

    def values(self) -> dict[str, Any]:
        """Return the person and the first role as arguments of operations.create_user."""
        return {name: self.cleaned_data[name] for name in PERSON if name in self.fields} | super().values()


class ColleagueForm(forms.Form):
    """A colleague whom a security manager invites."""

    full_name = forms.CharField(
        label=gettext_lazy("Full name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=32,
        help_text=gettext_lazy(
            "Your colleague can log in with this number, or with the user name in the link."
        ),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )


class PasswordRequestForm(forms.Form):
    """Who asks for a new password."""

    login = forms.CharField(
        label=gettext_lazy("User name, telephone or e-mail"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class PasswordForm(forms.Form):
    """A first or new password, twice."""

    password = forms.CharField(
        label=gettext_lazy("New password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("Repeat the password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["password"].help_text = password_validators_help_text_html()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("The two passwords do not match."))
        return cleaned


class KeyForm(forms.Form):
    """A new API key: department, system, scopes, area, last day."""

    department = forms.TypedChoiceField(label=gettext_lazy("Department"), coerce=int, empty_value=None)
    title = forms.CharField(
        label=gettext_lazy("System"),
        max_length=60,
        help_text=gettext_lazy(
            "The system that uses the key, so that everyone knows what stops when the key expires."
        ),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Rights"),
        widget=forms.CheckboxSelectMultiple(attrs=CHECK),
        error_messages={"required": gettext_lazy("Choose what the key may do.")},
    )
    whole_bureau = area_field()
    stations = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Police stations"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=CHECK),
    )
    expires_on = day_field(
        gettext_lazy("Valid until"),
        help_text=gettext_lazy("The last day on which the key is valid, at most two years from today."),
        initial=lambda: timezone.localdate() + DEFAULT_VALIDITY,
    )

    networks = forms.CharField(
        label=gettext_lazy("Networks"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy(
            "Addresses or networks from which the system calls, such as 10.20.0.0/16, one on each line. Calls from "
            "elsewhere are refused. Without any, the key works from everywhere."
        ),
    )
    follows: ClassVar = {"stations": "whole_bureau"}

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        rows = list(selectors.list_departments(actor))
        offered = [(row.pk, name_for(actor, row)) for row in rows]
        choices_of(self, "department").choices = [("", _("Choose a department")), *offered]
        choices_of(self, "scopes").choices = list(access.scopes().items())
        self.chosen = self._chosen(actor, rows)
        stations = selectors.list_stations(actor, self.chosen) if self.chosen else ()
        choices_of(self, "stations").choices = [(row.pk, row.name) for row in stations]

    def _chosen(self, actor: Actor, rows: list[Department]) -> int:
        """Return the bureau whose stations are offered: the supervisor's, or that of the department chosen so far."""
        if actor.bureau_id:
            return actor.bureau_id
        wanted = id_of(self.data.get("department") if self.is_bound else self.initial.get("department"))
        return next((row.bureau_id for row in rows if row.pk == wanted), 0)

    def values(self) -> dict[str, Any]:
        """Return the arguments of operations.issue_key."""
        data = self.cleaned_data
        asked = {name: data[name] for name in ("title", "scopes", "expires_on")}
        networks = data["networks"].replace(",", " ").split()
        return {"department_id": data["department"], **area_of(data), **asked, "networks": networks}


NOBODY = "nobody"


class SuccessorForm(forms.Form):
    """Who takes over what stands in a person's name: one answer for each station that has something."""

    def __init__(self, *args: Any, person: User, held: Sequence[Held], **options: Any) -> None:
        super().__init__(*args, **options)
        own = dict(self.fields)
        self.fields.clear()
        self.places = {f"successor_{each.station.pk}": each.station.pk for each in held}
        for each in held:
            chiefs = chiefs_of(each.station.pk)
            offered = [
                (
                    str(user.pk),
                    _("%(name)s (station chief)") % {"name": user} if user.pk in chiefs else str(user),
                )
                for user in successors_of(person.pk, each.station.pk)
            ]
            self.fields[f"successor_{each.station.pk}"] = forms.ChoiceField(
                label=_("Hand everything at %(station)s to") % {"station": each.station},
                choices=[("", _("Choose")), *offered, (NOBODY, _("Nobody for now"))],
                help_text=_(
                    "“Nobody for now” leaves the enterprises without a liaison officer. They then "
                    "stand on Today of the whole station until somebody is assigned."
                ),
                error_messages={"required": _("Choose who takes over, or nobody for now.")},
            )
        self.fields |= own

    def values(self) -> dict[str, Any]:
        """Return the successors by station and the reason, as arguments of an operation."""
        chosen = {pk: self.cleaned_data[name] for name, pk in self.places.items()}
        successors = {pk: None if value == NOBODY else int(value) for pk, value in chosen.items() if value}
        return {"successors": successors, "reason": self.cleaned_data.get("reason", "")}


class LeavingForm(SuccessorForm, ReasonForm):
    """Why somebody leaves, and who takes over."""


class SavedViewForm(forms.Form):
    """A view of a list under a name. ``list`` and ``query`` are its address."""

    list = forms.CharField(max_length=200, widget=forms.HiddenInput)
    query = forms.CharField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Name of the view"),
        max_length=40,
        help_text=gettext_lazy("A view of yours with the same name is replaced."),
    )
    is_default = forms.BooleanField(label=gettext_lazy("Open the list in this view"), required=False)
    is_shared = forms.BooleanField(label=gettext_lazy("Show it to my colleagues too"), required=False)

    def __init__(self, *args: Any, may_share: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        if not may_share:
            del self.fields["is_shared"]
