"""Forms of people, roles and organisations. They shape input; operations decide."""

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.accounts import access, auditing, reach, selectors
from foundation.accounts.actors import Actor
from foundation.accounts.choices import ENTERPRISE_ROLES, STATION_ROLES, Role
from foundation.accounts.models import Bureau, Department, Station, User
from foundation.accounts.operations.organisations import BUREAU_FIELDS, DEPARTMENT_FIELDS, STATION_FIELDS
from foundation.accounts.operations.people import PROFILE_FIELDS

Result = TypeVar("Result")


def attempt(form: forms.BaseForm, act: Callable[[], Result]) -> Result | None:
    """Run an operation for a valid form; what it refuses becomes errors of the form, and the answer is None."""
    try:
        return act()
    except ValidationError as error:
        found = error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
        for name, messages in found.items():
            taken = any(each.code in ("unique_together", "unique") for each in messages)
            if name == NON_FIELD_ERRORS and taken and "code" in form.fields:
                form.add_error("code", _("This code is in use already."))
            else:
                form.add_error(name if name in form.fields else None, messages)
    except access.WrongState as error:
        form.add_error(None, str(error))
    return None


class SeenForm(forms.ModelForm):
    """A form that remembers what it showed, so that two people at once do not overwrite each other."""

    seen = forms.CharField(widget=forms.HiddenInput, required=False)
    guarded: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["seen"] = auditing.fingerprint(self.instance, self.guarded)
        else:
            del self.fields["seen"]

    def _post_clean(self) -> None:
        """The operation validates and saves; the instance here is only for showing."""

    def values(self) -> dict[str, Any]:
        """The cleaned fields as an operation takes them."""
        return dict(self.cleaned_data)


class BureauForm(SeenForm):
    guarded = BUREAU_FIELDS

    class Meta:
        model = Bureau
        fields = ("code", "name", "rates_from", "cut_off_days")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]


class StationForm(SeenForm):
    guarded = STATION_FIELDS

    class Meta:
        model = Station
        fields = ("code", "name")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]


class DepartmentForm(SeenForm):
    guarded = DEPARTMENT_FIELDS

    class Meta:
        model = Department
        fields = ("code", "name", "kind")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            del self.fields["code"]


class ProfileForm(SeenForm):
    guarded = PROFILE_FIELDS

    class Meta:
        model = User
        fields = PROFILE_FIELDS
        widgets = {
            "full_name": forms.TextInput(attrs={"autocomplete": "name"}),
            "phone": forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }

    def __init__(self, *args: Any, renames: bool = True, **kwargs: Any) -> None:
        """``renames`` False: the name is shown and stays."""
        super().__init__(*args, **kwargs)
        if not renames:
            name = self.fields["full_name"]
            name.disabled = True  # whatever is posted, the name that stands is taken
            name.help_text = gettext_lazy(
                "The police know you by it. Your superior can change it under People."
            )


class RoleForm(forms.Form):
    """A role and the one organisation it needs; which field that is follows from the role (htmx asks again)."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    station = forms.ModelChoiceField(Station.objects.none(), label=gettext_lazy("Police station"))
    bureau = forms.ModelChoiceField(Bureau.objects.none(), label=gettext_lazy("Bureau"))
    department = forms.ModelChoiceField(Department.objects.none(), label=gettext_lazy("Department"))
    enterprise = forms.CharField(
        label=gettext_lazy("Enterprise"),
        max_length=260,
        help_text=gettext_lazy("Type two characters of the name or the code, then choose from the list."),
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        self.actor = actor
        super().__init__(*args, **kwargs)
        offered = reach.roles_given_by(actor)
        if (
            actor.role == Role.OPERATOR
        ):  # the register is closed to the operator: its stations invite its people
            offered = [role for role in offered if role not in ENTERPRISE_ROLES]
        role = self.data.get("role") if self.is_bound else self.initial.get("role")
        self.chosen = Role(role) if role in offered else offered[0]
        self.initial["role"] = self.chosen
        self.fields["role"].choices = [(each.value, each.label) for each in offered]
        self.fields["role"].widget.attrs |= {
            "hx-get": reverse("accounts:role_fields"),
            "hx-target": "#where",
            "hx-swap": "outerHTML",
            "hx-trigger": "change",
        }
        needed = self._needed()
        for name in ("station", "bureau", "department", "enterprise"):
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
        if needed == "station":
            self.fields["station"].queryset = selectors.list_stations(self.actor)
            self.fields["station"].label_from_instance = self._named
        elif needed == "bureau":
            self.fields["bureau"].queryset = selectors.list_bureaus(self.actor)
        elif needed == "department":
            self.fields["department"].queryset = selectors.list_departments(self.actor)
            self.fields["department"].label_from_instance = self._named
        elif needed == "enterprise":
            self.fields["enterprise"].widget.attrs |= {
                "list": "enterprise-options",
                "autocomplete": "off",
                "hx-get": reverse("accounts:enterprise_options"),
                "hx-trigger": "input changed delay:250ms",
                "hx-target": "#enterprise-options",
                "hx-swap": "innerHTML",
            }

    def _named(self, organisation: Station | Department) -> str:
        if self.actor.role == Role.OPERATOR:
            return f"{organisation.bureau.name} · {organisation.name}"
        return organisation.name

    @property
    def where_fields(self) -> list[forms.BoundField]:
        """The field for the organisation, if the role needs one."""
        return [
            self[name] for name in ("station", "bureau", "department", "enterprise") if name in self.fields
        ]

    def clean_enterprise(self) -> int:
        """The enterprise typed: "Name (#12)" as the list offers it, or a text that fits exactly one."""
        text = self.cleaned_data["enterprise"].strip()
        if marked := re.search(r"\(#(\d{1,18})\)$", text):
            found = [selectors.get_enterprise(self.actor, int(marked[1]))]
        else:
            found = selectors.find_enterprises(self.actor, text, limit=2)
        if not found or found[0] is None:
            raise ValidationError(_("There is no such enterprise in your register."))
        if len(found) > 1:
            raise ValidationError(_("Several enterprises fit. Choose one from the list."))
        return found[0].id

    def where(self) -> dict[str, Any]:
        """The organisation as operations.grant_role takes it."""
        found = {f"{name}_id": getattr(self.cleaned_data[name], "pk", self.cleaned_data[name])
                 for name in ("station", "bureau", "department", "enterprise") if name in self.fields}  # fmt: skip
        if self.chosen in STATION_ROLES and self.actor.role == Role.CHIEF:
            found["station_id"] = self.actor.station_id
        return found


class PersonForm(RoleForm):
    """A new person with the first role."""

    username = forms.CharField(
        label=gettext_lazy("User name"),
        max_length=64,
        help_text=gettext_lazy("For log-in: letters, digits and @ . + - _. It cannot be changed later."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    full_name = forms.CharField(
        label=gettext_lazy("Full name"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    phone = forms.CharField(
        label=gettext_lazy("Phone"),
        max_length=32,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=gettext_lazy("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )

    @property
    def person_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("username", "full_name", "phone", "email")]


class ReasonForm(forms.Form):
    """Why: kept in the audit log."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
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
        label=gettext_lazy("The same again"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].help_text = password_validators_help_text_html()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned.get("again") and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("The two passwords differ."))
        return cleaned


def data_of(request: HttpRequest) -> Mapping[str, Any] | None:
    """What a form is bound to: the posted fields, nothing on a GET."""
    return request.POST if request.method == "POST" else None
