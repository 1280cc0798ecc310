"""Making the files of papers in the background: again later if it failed, and telling somebody of what keeps failing."""

import datetime as dt

import structlog
from django.db.models import F, Q
from django.utils import timezone

from foundation.accounts.choices import Role
from foundation.documents import documents
from foundation.inbox.notifying import notify
from foundation.tenancy.scope import station_scope
from papers.models import TOLD_AFTER, Paper
from papers.operations.making import everywhere, make_files

FAILED = "paper.file_failed"
LONGEST = dt.timedelta(days=1)  # between two attempts

logger = structlog.get_logger(__name__)


def make_or_wait(*, bureau_id: int, id: int) -> None:
    """Make the files of a paper, or say when to try again: after two minutes, then four, eight, at last each day.

    After the third attempt whoever issued it and the supervisors, who publish templates, are told. Raise NoPdf.
    """
    try:
        make_files(bureau_id=bureau_id, id=id)
    except (documents.TemplateFault, FileNotFoundError):
        logger.exception("the file of a paper cannot be made", paper=id)
        _wait(bureau_id, id)


def _wait(bureau_id: int, id: int) -> None:
    with station_scope(everywhere(bureau_id)):
        mine = Paper.objects.filter(pk=id, file_key=None)
        if not mine.update(file_tries=F("file_tries") + 1):
            return
        paper = mine.get()
        pause = min(LONGEST, dt.timedelta(minutes=2 ** min(paper.file_tries, 12)))
        mine.update(file_again_at=timezone.now() + pause)
    if paper.file_tries >= TOLD_AFTER and paper.is_valid:
        issuer = Q(user_id=paper.issued_by_id, station_id=paper.issued_by_station_id)
        notify(
            FAILED,
            to=issuer | Q(role=Role.SUPERVISOR, bureau_id=bureau_id),
            key=str(paper.pk),
            object_id=paper.pk,
            values={"object": str(paper), "enterprise": paper.enterprise_name},
        )
