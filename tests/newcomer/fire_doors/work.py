"""Faulty doors wait to be repaired."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.work import Work, register
from foundation.database.composing import TODAY
from tests.newcomer.fire_doors.lives import DOOR_LIFE
from tests.newcomer.fire_doors.models import DoorCheck

register(
    Work(
        code="doors",
        title=_("Faulty fire doors"),
        icon="door",
        rank=65,
        rows=lambda: DoorCheck.objects.filter(DOOR_LIFE.where("faulty", today=TODAY)),
        order=("checked_on", "pk"),
        text="door",
        on="checked_on",
        page="fire_doors:detail",
        act=_("Repaired"),
        act_page="fire_doors:repair",
        act_is_dialog=True,
        list_page="fire_doors:list",
        list_query=(("state", "faulty"),),
    )
)
