"""Pages of activities: legal education, drills, trainings."""

import django_tables2 as tables
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from facts.staff.pages import FactPages, Tab
from facts.staff.tables import FactFilter, FactTable, day_column, enterprise_column
from foundation.ui.filters import PicksFilter
from foundation.ui.tables import NUM
from service.access import Permission
from service.choices import ActivityKind
from service.models import Activity
from service.operations import ACTIVITY_WRITES, OWN


class ActivityFilter(FactFilter):
    """Filters activities by kind."""

    day = "held_on"
    kind = PicksFilter(label=_("Kind"), choices=ActivityKind.choices, empty_label=_("All"))


class ActivityTable(FactTable):
    """Activities with the number of people present."""

    url_name = "service:activity"
    line = _("Topic")
    enterprise = enterprise_column()
    kind = tables.Column(verbose_name=_("Kind"), orderable=False)
    held_on = day_column("held_on", _("Held on"))
    attendance = tables.Column(verbose_name=_("People present"), orderable=False, attrs=NUM)

    class Meta(FactTable.Meta):
        sequence = ("enterprise", "kind", "held_on", "attendance", "station")
        order_by = ("-held_on",)

    def render_enterprise(self, record: Activity) -> SafeString:
        return self.named(record, record.topic)


class ActivityPages(FactPages):
    """Activities, entered by the enterprise in its portal or by an officer who was there."""

    model, permission, icon = Activity, Permission.VIEW_ACTIVITIES, "school"
    prefix, noun, nouns = "activities/", "activity", "activities"
    tab = Tab("work", _("Activities"), order=3)
    fields = ("held_on", "kind", "topic", "attendance", "photo_on_file", "note")
    half = ("held_on", "kind", "attendance", "photo_on_file")
    portal_fields = OWN
    table, filter = ActivityTable, ActivityFilter
    writes = ACTIVITY_WRITES

    title = _("Activities")
    new_label = _("Record an activity")
    saved = _("The activity was recorded.")
    empty_title = _("No activities yet")
    empty_text = _("Legal education twice a year and a drill every six months are expected.")
