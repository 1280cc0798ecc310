"""Words of what imports do."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.audit import Kind, register, spelled
from imports.models import Import

register(
    Kind("import", Import, formerly=("imports.Import",)),
    *spelled({"import.file": _("Imported a file"), "import.update": _("Updated from the source")}),
)
