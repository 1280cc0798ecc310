"""The form in which a key is asked for, and the filter above the list of keys."""

import datetime as dt
import secrets
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.accounts import access, selectors
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import ApiKey, Department
from foundation.ids import id_of

USUAL = dt.timedelta(days=365)
SOON = dt.timedelta(days=30)
SELECT = {"class": "form-select"}
CHECK = {"class": "form-check-input"}


def _new_form_key() -> str:
    return secrets.token_hex(16)


class KeyForm(forms.Form):
    """Whose system gets a key, what it may, how far it sees, until when.

    ``form_key`` is drawn once for each form that is shown, so that a form sent twice gives one key.
    """

    department = forms.TypedChoiceField(
        label=gettext_lazy("Department"), coerce=int, widget=forms.Select(attrs=SELECT)
    )
    title = forms.CharField(
        label=gettext_lazy("System"),
        max_length=60,
        help_text=gettext_lazy("Which system uses the key, so that everybody knows what stops when it ends."),
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("Rights"),
        widget=forms.CheckboxSelectMultiple(attrs=CHECK),
        error_messages={"required": gettext_lazy("Choose what the key may do.")},
    )
    stations = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Area"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs=CHECK),
    )
    expires_on = forms.DateField(
        label=gettext_lazy("Works until"),
        help_text=gettext_lazy("The last day on which it works; two years at most."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": gettext_lazy("Write the day as 2026-10-04.")},
    )
    form_key = forms.RegexField(r"^[0-9a-f]{32}\Z", widget=forms.HiddenInput, initial=_new_form_key)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = list(selectors.list_departments(actor))
        self.fields["department"].choices = [("", _("Choose a department")), *((row.pk, _named(actor, row)) for row in rows)]  # fmt: skip
        self.fields["scopes"].choices = list(access.scopes().items())
        self.chosen = self._chosen(actor, rows)
        stations = selectors.list_stations(actor, self.chosen) if self.chosen else ()
        self.fields["stations"].choices = [(row.pk, row.name) for row in stations]
        self.initial.setdefault("expires_on", timezone.localdate() + USUAL)

    def _chosen(self, actor: Actor, rows: list[Department]) -> int:
        """The bureau whose stations are offered: the supervisor's, or that of the department chosen so far."""
        if actor.bureau_id:
            return actor.bureau_id
        wanted = id_of(self.data.get("department") if self.is_bound else self.initial.get("department"))
        return next((row.bureau_id for row in rows if row.pk == wanted), 0)

    def values(self) -> dict[str, Any]:
        """What is asked for, as the operation takes it."""
        data = self.cleaned_data
        return {
            "department_id": data["department"],
            "title": data["title"],
            "scopes": data["scopes"],
            "stations": data["stations"],
            "expires_on": data["expires_on"],
        }


def _named(actor: Actor, row: Department) -> str:
    return f"{row.bureau.name} · {row.name}" if actor.role == Role.OPERATOR else row.name


STATES = [
    ("soon", gettext_lazy("Ends within 30 days")),
    ("ended", gettext_lazy("Ended")),
    ("all", gettext_lazy("All keys")),
]


class KeyFilter(django_filters.FilterSet):
    """Keys by words, department and state; those that work, unless something else is asked for."""

    q = django_filters.CharFilter(
        method="search", label=gettext_lazy("System, department or beginning of the key"), max_length=100
    )
    department = django_filters.ChoiceFilter(
        field_name="department_id",
        label=gettext_lazy("Department"),
        empty_label=gettext_lazy("All departments"),
        widget=forms.Select(attrs=SELECT),
    )
    state = django_filters.ChoiceFilter(
        method="by_state",
        label=gettext_lazy("State"),
        choices=STATES,
        empty_label=gettext_lazy("Working"),
        widget=forms.Select(attrs=SELECT),
    )

    class Meta:
        model = ApiKey
        fields: tuple[str, ...] = ()

    def __init__(self, data: Any, *, actor: Actor, **options: Any) -> None:
        super().__init__(data, **options)
        if actor.role == Role.DEPARTMENT_OFFICER:
            del self.filters["department"]
        else:
            rows = selectors.list_departments(actor)
            self.filters["department"].extra["choices"] = [(row.pk, _named(actor, row)) for row in rows]

    def filter_queryset(self, queryset: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.filter(_live())

    def search(self, keys: QuerySet[ApiKey], _name: str, text: str) -> QuerySet[ApiKey]:
        text = text.replace("\x00", "").strip()
        return keys.filter(
            Q(title__icontains=text) | Q(department__name__icontains=text) | Q(prefix__startswith=text.lower().removeprefix("anqi_")[:8])
        )  # fmt: skip

    def by_state(self, keys: QuerySet[ApiKey], _name: str, value: str) -> QuerySet[ApiKey]:
        if value == "soon":
            return keys.filter(_live(), expires_at__lte=timezone.now() + SOON)
        return keys.exclude(_live()) if value == "ended" else keys


def _live() -> Q:
    return Q(revoked_at=None, expires_at__gt=timezone.now())
