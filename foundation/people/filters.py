"""Filters of the lists of people and keys, and of the audit log."""

import datetime as dt
from collections.abc import Sequence
from functools import partial, reduce
from operator import or_
from typing import Any

import django_filters
from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from foundation.accounts import audit_words, reach, selectors
from foundation.accounts.actors import Actor
from foundation.accounts.choices import Role
from foundation.accounts.models import ApiKey, AuditEntry, RoleGrant, User
from foundation.contributions.audit import action_of, kind_of
from foundation.people.forms import name_for
from foundation.ui.filters import PeriodForm, PicksFilter, SpanFilter, day_filter
from foundation.ui.pickers import PickerInput, names

SOON = dt.timedelta(days=30)  # a key that ends within this time should be replaced
KEY_STATES = [
    ("soon", _("Expires within 30 days")),
    ("ended", _("Ended")),
    ("all", _("All keys")),
]
USER_STATES = [
    ("active", pgettext_lazy("account", "Active")),
    ("waiting", _("Never logged in")),
    ("disabled", _("Disabled")),
]


class UserFilter(django_filters.FilterSet):
    """People by name, role, station and state."""

    q = django_filters.CharFilter(
        method="search", label=_("Name, user name, police number or phone"), max_length=100
    )
    role = PicksFilter(condition="with_roles", label=_("Role"), empty_label=_("All roles"))
    station = PicksFilter(condition="at_stations", label=_("Police station"), empty_label=_("All stations"))
    state = PicksFilter(condition="in_states", label=_("State"), choices=USER_STATES, empty_label=_("All"))

    class Meta:
        model = User
        fields: list[str] = []

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.actor = actor
        hidden = set() if actor.role == Role.OPERATOR else {Role.OPERATOR}
        if actor.role not in (Role.SUPERVISOR, Role.OPERATOR):
            hidden |= {Role.SUPERVISOR, Role.DEPARTMENT_OFFICER}
        shown = [role for role in Role if role not in hidden]
        self.filters["role"].extra["choices"] = [(role.value, role.label) for role in shown]
        if actor.role == Role.SUPERVISOR:
            stations = [(str(each.pk), str(each)) for each in selectors.list_stations(actor)]
            self.filters["station"].extra["choices"] = stations
        else:
            del self.filters["station"]

    def _holding(self, **grant: Any) -> Exists:
        live = RoleGrant.objects.filter(reach.seen_grants(self.actor), user=OuterRef("pk"), revoked_at=None)
        return Exists(live.filter(**grant))

    def search(self, people: QuerySet[User], _name: str, text: str) -> QuerySet[User]:
        return selectors.people_named(people, text)

    def with_roles(self, roles: Sequence[str]) -> Q:
        return Q(self._holding(role__in=roles))

    def at_stations(self, stations: Sequence[str]) -> Q:
        return Q(self._holding(station__in=stations))

    def in_states(self, states: Sequence[str]) -> Q:
        where = {
            "active": Q(is_active=True),
            "waiting": Q(is_active=True, last_login=None),
            "disabled": Q(is_active=False),
        }
        return reduce(or_, (where[each] for each in states))


class AuditFilter(django_filters.FilterSet):
    """The log by act, person, kind of object, days and free text."""

    q = django_filters.CharFilter(
        method="search", label=_("Object, person, reason or request ID"), max_length=100
    )
    action = PicksFilter(condition="of_actions", label=_("Action"), empty_label=_("All actions"))
    actor = django_filters.CharFilter(
        field_name="actor_name",
        lookup_expr="icontains",
        label=_("Who"),
        max_length=80,
        widget=PickerInput("accounts:pick_person", names, placeholder=_("Name or pinyin"), free=True),
    )
    kind = PicksFilter(condition="of_kinds", label=_("Kind of object"), empty_label=_("All kinds"))
    object = django_filters.CharFilter(method="on_object", label=_("Object"), max_length=100)
    period = SpanFilter(by="within")
    since = day_filter(_("From"), method="from_day")
    until = day_filter(_("To"), method="to_day")

    class Meta:
        model = AuditEntry
        form = PeriodForm
        fields: list[str] = []

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["actor"].extra["validators"] = [partial(_refuse_nobody, self.queryset)]
        recent = selectors.recent_acts(actor)
        acts = {_action(action): audit_words.act_on(action, kind) for action, kind in recent}
        kinds = {_kind(kind): audit_words.kind(kind) for _act, kind in recent if kind}
        # a link may ask for an act that did not happen lately, or by a former code
        asked = self.data or QueryDict()
        for code in filter(action_of, asked.getlist("action")):
            acts.setdefault(code, audit_words.act(code))
        for code in filter(kind_of, asked.getlist("kind")):
            kinds.setdefault(code, audit_words.kind(code))
        self.filters["action"].extra["choices"] = sorted(acts.items(), key=lambda pair: pair[1])
        self.filters["kind"].extra["choices"] = sorted(kinds.items(), key=lambda pair: pair[1])

    def of_actions(self, codes: Sequence[str]) -> Q:
        known = [(code, action_of(code)) for code in codes]
        found = [(act.code, *act.formerly) if act else (code,) for code, act in known]
        return Q(action__in=[each for group in found for each in group])

    def of_kinds(self, codes: Sequence[str]) -> Q:
        known = [(code, kind_of(code)) for code in codes]
        return Q(object_type__in=[each for code, kind in known for each in (kind.codes if kind else (code,))])

    def search(self, entries: QuerySet[AuditEntry], _name: str, text: str) -> QuerySet[AuditEntry]:
        text = text.strip()
        return entries.filter(
            audit_words.named_like(text)
            | Q(actor_name__icontains=text)
            | Q(reason__icontains=text)
            | Q(request_id__startswith=text)
        )

    def on_object(self, entries: QuerySet[AuditEntry], _name: str, text: str) -> QuerySet[AuditEntry]:
        return entries.filter(audit_words.named_like(text.strip()))

    def within(self, entries: QuerySet[AuditEntry], first: dt.date, last: dt.date) -> QuerySet[AuditEntry]:
        return self.to_day(self.from_day(entries, "", first), "", last)

    def from_day(self, entries: QuerySet[AuditEntry], _name: str, day: dt.date) -> QuerySet[AuditEntry]:
        return entries.filter(at__gte=_midnight(day))

    def to_day(self, entries: QuerySet[AuditEntry], _name: str, day: dt.date) -> QuerySet[AuditEntry]:
        return entries.filter(at__lt=_midnight(min(day, dt.date(9998, 12, 31)) + dt.timedelta(days=1)))


def _refuse_nobody(entries: QuerySet[AuditEntry], name: str) -> None:
    """Raise ValidationError if nobody of this name has acted."""
    if not entries.filter(actor_name__icontains=name.strip()).exists():
        raise ValidationError(_("Nobody of this name is in the log."))


def _action(action: str) -> str:
    """Return the present code of an entry's act."""
    known = action_of(action)
    return known.code if known else action


def _kind(object_type: str) -> str:
    """Return the present code of an entry's kind of object."""
    known = kind_of(object_type)
    return known.code if known else object_type


def _midnight(day: dt.date) -> dt.datetime:
    # years before 1900 or so have odd offsets in Asia/Shanghai; the log does not reach back that far
    return timezone.make_aware(dt.datetime.combine(max(day, dt.date(1970, 1, 2)), dt.time()))


class KeyFilter(django_filters.FilterSet):
    """Keys by text, department and state. Only working keys unless the filter asks for others."""

    q = django_filters.CharFilter(
        method="search", label=_("System, department or key prefix"), max_length=100
    )
    department = PicksFilter(
        field_name="department_id",
        label=_("Department"),
        empty_label=_("All departments"),
    )
    state = django_filters.ChoiceFilter(
        method="by_state",
        label=_("State"),
        choices=KEY_STATES,
        empty_label=_("Valid"),
    )

    class Meta:
        model = ApiKey
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if actor.role == Role.DEPARTMENT_OFFICER:
            del self.filters["department"]
        else:
            rows = selectors.list_departments(actor)
            self.filters["department"].extra["choices"] = [(row.pk, name_for(actor, row)) for row in rows]

    def filter_queryset(self, queryset: QuerySet[ApiKey]) -> QuerySet[ApiKey]:
        found = super().filter_queryset(queryset)
        return found if self.form.cleaned_data.get("state") else found.filter(_live())

    def search(self, keys: QuerySet[ApiKey], _name: str, text: str) -> QuerySet[ApiKey]:
        text = text.strip()
        prefix = text.lower().removeprefix("anqi_")[:8]
        return keys.filter(
            Q(title__icontains=text) | Q(department__name__icontains=text) | Q(prefix__startswith=prefix)
        )

    def by_state(self, keys: QuerySet[ApiKey], _name: str, value: str) -> QuerySet[ApiKey]:
        if value == "soon":
            return keys.filter(_live(), expires_at__lte=timezone.now() + SOON)
        return keys.exclude(_live()) if value == "ended" else keys


def _live() -> Q:
    return Q(revoked_at=None, expires_at__gt=timezone.now())
