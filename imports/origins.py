"""Which row of which file a record came from."""

from django.db import models
from django.template.defaultfilters import date as date_format
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.accounts.actors import Actor
from foundation.contributions.origins import Origin, register
from foundation.contributions.sheets import targets
from foundation.words import Words
from imports.models import ImportedRecord


def _told(actor: Actor, record: models.Model) -> Words:
    kind = next((target.code for target in targets if target.model is type(record)), "")
    found = (
        ImportedRecord.objects.filter(
            bureau_id=actor.bureau_id, kind=kind, object_id=record.pk, is_new=True, undone_at=None
        )
        .select_related("run")
        .first()
    )
    if found is None:
        return ""
    run = found.run
    files = run.files[found.file]["file"] if found.file < len(run.files) else str(run)
    return _("Imported from row %(row)s of “%(file)s” on %(day)s by %(who)s.") % {
        "row": found.row,
        "file": files,
        "day": date_format(timezone.localdate(run.started_at), "Y-m-d"),
        "who": run.starter,
    }


register(Origin("import", _told))
