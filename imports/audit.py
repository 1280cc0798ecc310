"""Audit log labels for imports."""

from django.utils.translation import gettext_lazy as _

from foundation.contributions.audit import Kind, Phrase, actions_from, register
from imports.choices import AuditAction
from imports.models import Import, Upload
from imports.targets import KindWords

# codes in entries of earlier versions
FORMERLY: dict[str, str] = {
    AuditAction.COMPLETE_IMPORT: "import.file",
    AuditAction.UPDATE_ENTERPRISE: "import.update",
}

register(
    Phrase("imported_again", _("Imported again: %(file)s")),
    Phrase("command_line", _("command line")),
    Kind(
        "import",
        Import,
        formerly=("imports.Import",),
        labels={
            "file": _("File"),
            "becomes": _("Becomes"),
            "rows": _("Rows"),
            "taken": _("Taken"),
            "warned": _("With remarks"),
            "already": _("Already here"),
            "differs": _("Differ"),
            "updated": _("Updated"),
            "skipped": _("Left out"),
            "refused": _("Refused"),
            "doubtful": _("Doubtful"),
            "undone": _("Undone"),
        },
        values={"becomes": KindWords()},
    ),
    Kind(
        "sheet",
        Upload,
        labels={"file": _("File"), "becomes": _("Becomes")},
        values={"becomes": KindWords()},
    ),
    *actions_from(
        {
            AuditAction.COMPLETE_IMPORT: _("Imported a file"),
            AuditAction.UPLOAD: _("Uploaded a sheet"),
            AuditAction.UNDO: _("Undid an import"),
            AuditAction.EXPORT_REMARKS: _("Exported the remarks"),
            AuditAction.UPDATE_ENTERPRISE: _("Updated from the source"),
        },
        formerly=FORMERLY,
    ),
)
