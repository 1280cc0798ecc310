"""Who may bring records in, and who may read what became of them.

The operator sees no casework and a station only its own; an import spans the stations of a bureau.
"""

from django.utils.translation import gettext_lazy as _

from foundation.accounts import audit_words
from foundation.accounts.access import Role, register

register(
    {
        "imports:run": (),  # the command alone, as the system
        "imports:list": {Role.SUPERVISOR},
        "imports:report": {Role.SUPERVISOR},
    }
)

audit_words.describe(
    {
        "import.file": _("Imported a file"),
        "import.update": _("Updated from the source"),
    }
)
