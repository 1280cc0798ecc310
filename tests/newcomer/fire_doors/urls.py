"""Pages of checks of fire doors."""

from django.utils.translation import gettext_lazy as _

from facts.staff.pages import FactPages
from tests.newcomer.fire_doors.access import Permission
from tests.newcomer.fire_doors.lives import DOOR_LIFE
from tests.newcomer.fire_doors.models import DoorCheck


class DoorPages(FactPages):
    model, permission, icon, life = DoorCheck, Permission.VIEW_DOOR_CHECKS, "door", DOOR_LIFE
    fields = ("checked_on", "door", "shuts", "note")
    portal_fields = ("checked_on", "door", "shuts")
    correct_fields = shown = ("checked_on", "door", "shuts", "repaired_on", "note")
    title, new_label = _("Fire doors"), _("Record a fire door")


app_name = "fire_doors"
urlpatterns = DoorPages().urls()
