"""Pages of time limits: the list, one of them with how it is counted, and its change."""

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView

from foundation.accounts import selectors as accounts
from foundation.accounts.access import allows
from foundation.contributions.limits import EARLIEST_ON
from foundation.contributions.time_limits import recountings
from foundation.deadlines import operations, selectors
from foundation.deadlines.access import Permission
from foundation.deadlines.choices import DayKind
from foundation.deadlines.selectors import InForce
from foundation.deadlines.showing import Shown
from foundation.deadlines.words import length_in_words
from foundation.ui.forms import ReasonForm, day_field, today_field
from foundation.ui.views import Button, Crumb, EditPage, OfRecord, Page, RecordPage
from foundation.words import Words

TITLE = gettext_lazy("Time limits")
LATEST = dt.timedelta(days=3660)


class Limits(Page, TemplateView):
    """All time limits as they apply today, each with where it comes from."""

    permission = Permission.VIEW_TIME_LIMITS
    title = TITLE
    template_name = "deadlines/limits.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        found = selectors.limits_in_force(self.actor)
        rows = [{"limit": each, "length": length_in_words(each.length)} for each in found]
        waiting = [
            {"words": each.words(number), "url": reverse(each.page)}
            for each in recountings
            if allows(self.actor, each.permission) and (number := each.count(self.actor))
        ]
        return super().get_context_data(rows=rows, waiting=waiting, **context)


class CountForm(forms.Form):
    """The day from which a limit is counted, in the URL."""

    start = day_field(
        gettext_lazy("Starts on"),
        validators=[
            MinValueValidator(EARLIEST_ON),
            MaxValueValidator(lambda: timezone.localdate() + LATEST),
        ],
    )


class OneLimit(OfRecord):
    """A page about the time limit named in the URL."""

    def find_record(self) -> InForce:  # type: ignore[override]  # no row of a table
        return selectors.limit_in_force(self.actor, self.kwargs["code"])


class LimitPage(OneLimit, RecordPage):
    """One time limit: its source, what the bureau changed, and how it is counted from a day on."""

    permission = Permission.VIEW_TIME_LIMITS
    template_name = "deadlines/limit.html"

    def get_buttons(self) -> list[Button]:
        if not (self.record.may_change and allows(self.actor, Permission.CHANGE_TIME_LIMITS)):
            return []
        return [
            Button(_("Change"), reverse("deadlines:change", args=[self.record.pk]), "pencil", dialog=False)
        ]

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse("deadlines:limits"))]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        today = timezone.localdate()
        form = CountForm(self.request.GET if "start" in self.request.GET else {"start": today.isoformat()})
        shown, rule = None, self.record
        if form.is_valid():
            start = form.cleaned_data["start"]
            rule = selectors.limit_in_force(self.actor, self.record.pk, start)
            shown = Shown(rule.from_day(start), today)
        changes = selectors.changes_of(self.actor, self.record.pk) if self.actor.is_police else []
        names = accounts.names_of_users(change.changed_by_id for change in changes)
        return super().get_context_data(
            form=form,
            shown=shown,
            rule=rule,
            length=length_in_words(self.record.length),
            rule_length=length_in_words(rule.length),
            changes=[
                {
                    "change": change,
                    "length": length_in_words(change.length),
                    "by": names.get(change.changed_by_id, ""),
                }
                for change in changes
            ],
            **context,
        )


class ChangeForm(ReasonForm):
    """The new length of a time limit, from when on, and why."""

    number = forms.IntegerField(label=gettext_lazy("Length"), min_value=1, max_value=operations.MOST_DAYS)
    unit = forms.ChoiceField(label=gettext_lazy("Counted in"), choices=DayKind.choices)
    effective_from = today_field(
        gettext_lazy("In force from"),
        help_text=gettext_lazy("For what begins on that day or later. What has begun keeps its deadline."),
    )
    field_order = ["number", "unit", "effective_from", "reason"]

    def __init__(self, *args: Any, instance: InForce, **options: Any) -> None:
        options["initial"] = {"number": instance.number, "unit": str(instance.unit)} | (
            options.get("initial") or {}
        )
        super().__init__(*args, **options)


class LimitEdit(OneLimit, EditPage):
    """Change a time limit that no law fixes."""

    permission = Permission.CHANGE_TIME_LIMITS
    title = gettext_lazy("Change the time limit")
    form_class = ChangeForm
    done_text = gettext_lazy("The time limit was changed.")

    def get_refusal(self) -> Words:
        return "" if self.record.may_change else _("A law fixes this time limit. It cannot be changed here.")

    def get_version(self) -> int:
        return self.record.version

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse("deadlines:limits")), Crumb(self.record, self.get_back_url())]

    def get_back_url(self) -> str:
        return reverse("deadlines:limit", args=[self.record.pk])

    def perform(self, form: Any) -> Any:
        return operations.change_limit(
            actor=self.actor, code=self.record.pk, version=self.version(form), **self.values(form)
        )
