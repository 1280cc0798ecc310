"""Pages of activities: legal education, drills, trainings."""

from typing import Any

import django_filters
import django_tables2 as tables
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from facts.staff.forms import CorrectionForm, NewFactForm
from facts.staff.pages import FactPages
from facts.staff.tables import FactFilter, FactTable
from foundation.accounts.actors import Actor
from foundation.ui.tables import NUM
from service import operations as activity_operations
from service.choices import ActivityKind
from service.models import Activity

FIELDS = ["held_on", "kind", "topic", "attendance", "photo_on_file", "note"]


class NewActivityForm(NewFactForm):
    half = ("held_on", "kind", "attendance", "photo_on_file")
    portal_fields = ("held_on", "kind", "topic", "attendance", "photo_on_file")

    class Meta:
        model = Activity
        fields = FIELDS


class ActivityCorrectionForm(CorrectionForm):
    half = NewActivityForm.half

    class Meta:
        model = Activity
        fields = FIELDS


class ActivityFilter(FactFilter):
    day = "held_on"
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=ActivityKind.choices, empty_label=_("All"))


class ActivityTable(FactTable):
    url_name = "service:activity"
    enterprise = tables.Column(verbose_name=_("Enterprise"), order_by=("enterprise__sort_key", "pk"))
    kind = tables.Column(verbose_name=_("Kind"), orderable=False)
    held_on = tables.TemplateColumn(
        template_name="facts/_day.html", verbose_name=_("Held on"), order_by=("held_on", "pk")
    )
    attendance = tables.Column(verbose_name=_("People present"), orderable=False, attrs=NUM)

    class Meta(FactTable.Meta):
        sequence = ("enterprise", "kind", "held_on", "attendance", "station")
        order_by = ("-held_on",)

    def render_enterprise(self, record: Activity) -> SafeString:
        return self.opening(record, record.enterprise.name, record.topic)


class ActivityPages(FactPages):
    """Activities, typed by the enterprise in its portal or by an officer who was there."""

    app, prefix, permission, icon = "service", "activities/", "activities", "school"
    names = {
        "list": "activities", "create": "activity_create", "detail": "activity",
        "correct": "activity_correct", "void": "activity_void",
    }  # fmt: skip
    model, table, filter = Activity, ActivityTable, ActivityFilter
    new_form, correction_form = NewActivityForm, ActivityCorrectionForm
    shown = ("held_on", "kind", "topic", "attendance", "photo_on_file", "note")
    create = activity_operations.create_activity
    correct = activity_operations.correct_activity
    void = activity_operations.void_activity

    title = _("Activities")
    new_label = _("Record an activity")
    new_title = _("Record an activity")
    saved = _("The activity was recorded.")
    empty_title = _("No activity yet")
    empty_text = _("Legal education twice a year and a drill every six months are expected.")

    def initial(self, actor: Actor) -> dict[str, Any]:
        return {"held_on": timezone.localdate()}
