"""Photos of hazards for papers: what was found, and what was put right."""

from collections.abc import Sequence
from typing import Any

from django.utils import timezone

from facts.models import Attachment
from foundation.documents.pictures import MOST
from inspections.models import Hazard

_SHOWN = {Attachment.Shows.FOUND: "整改前", Attachment.Shows.PUT_RIGHT: "整改后"}
BEFORE = (Attachment.Shows.FOUND,)
BOTH = (Attachment.Shows.FOUND, Attachment.Shows.PUT_RIGHT)


def photos_of(hazards: Sequence[Hazard], shows: Sequence[str] = BOTH) -> list[dict[str, Any]]:
    """Return the photos of some hazards of one enterprise, as a paper keeps them: which file, and the words below it.

    What was found stands before what was put right, in the order of the hazards; the first 30 at most. One query.
    """
    if not hazards:
        return []
    number = {each.pk: index for index, each in enumerate(hazards, 1)}
    rows = Attachment.objects.filter(
        enterprise_id=hazards[0].enterprise_id,
        kind="hazard",
        record_id__in=number,
        shows__in=shows,
        content_type__startswith="image/",
        voided_at=None,
    )
    found = sorted(rows, key=lambda each: (number[each.record_id], shows.index(each.shows), each.pk))
    return [_photo(each, number[each.record_id], len(hazards) > 1) for each in found[:MOST]]


def pictures_of(hazards: Sequence[Hazard]) -> dict[int, list[Attachment]]:
    """Return the photos of some hazards of one enterprise by hazard, in the order in which they were added. One query."""
    found: dict[int, list[Attachment]] = {}
    if hazards:
        rows = Attachment.objects.filter(
            enterprise_id=hazards[0].enterprise_id,
            kind="hazard",
            record_id__in=[each.pk for each in hazards],
            content_type__startswith="image/",
            voided_at=None,
        )
        for each in rows.order_by("pk"):
            found.setdefault(each.record_id, []).append(each)
    return found


def _photo(row: Attachment, number: int, is_one_of_many: bool) -> dict[str, Any]:
    day = timezone.localtime(row.captured_at or row.added_at).date().isoformat()
    which = f"隐患{number} " if is_one_of_many else ""
    return {"key": row.key, "sha256": row.sha256, "caption": f"{which}{_SHOWN[row.Shows(row.shows)]} {day}"}
