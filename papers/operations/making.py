"""The files of papers: Word and PDF with their photos, the proof of service, and listings without a number."""

from collections.abc import Mapping
from typing import Any

import structlog
from django.db.models import Q
from django.utils import timezone

from foundation.accounts.actors import Actor, system_actor
from foundation.accounts.models import Station
from foundation.accounts.selectors import stations_of
from foundation.attachments import files
from foundation.contributions.papers import Form, forms
from foundation.database.sealed import is_unreadable
from foundation.documents import documents, pictures
from foundation.tenancy.scope import Scope, station_scope
from papers.choices import WAYS, Way
from papers.models import Paper
from papers.operations.issuing import chinese_day
from papers.selectors import services_of
from papers.templates import SHELF, read_template, template_in_force

logger = structlog.get_logger(__name__)


def make_file(paper: Paper) -> bytes:
    """Return the Word file of a paper, which is made the first time from its data and template and kept.

    Raise FileNotFoundError if template or file are lost, TemplateFault if it cannot be filled.
    """
    if paper.file_key:
        with files.fetch(paper.file_key) as stream:
            return stream.read()
    made = _fill(paper)
    _keep(paper, made)
    return made.data


def _fill(paper: Paper) -> documents.Document:
    if is_unreadable(paper.data):
        raise FileNotFoundError(f"the data of paper {paper.pk} cannot be unsealed")
    given = with_pictures(paper.data | {"digest": paper.data_sm3})
    return documents.fill(read_template(paper.form, paper.template), given)


def _keep(paper: Paper, made: documents.Document) -> str | None:
    """Keep the Word file of a paper, which is locked from now until the commit.

    Return the key of the file that it has; None if the scope may not change the paper.
    """
    bureau_id = Station.objects.get(pk=paper.issued_by_station_id).bureau_id
    key = files.put(bureau_id, made.data, shelf=SHELF)
    # the slower of two makes the same file and leaves the other's; its own is swept
    kept = Paper.objects.filter(pk=paper.pk, file_key=None).update(
        file_key=key, file_sha256=made.sha256, file_sm3=made.sm3
    )
    if kept:
        paper.file_key, paper.file_sha256, paper.file_sm3 = key, made.sha256, made.sm3
    else:
        paper.refresh_from_db(fields=["file_key", "file_sha256", "file_sm3"])
    return paper.file_key


def make_listing(actor: Actor, form: Form, data: Mapping[str, Any]) -> bytes:
    """Return the Word file of a form without a number, made now from the template in force. Raise as make_file."""
    template = template_in_force(actor, form)
    return documents.fill(template.data, {**data, "template_version": template.version}).data


def proof_of(paper: Paper) -> dict[str, Any]:
    """Return what the proof of service of a paper says; one empty row to fill in by hand before it was served."""
    names = ("on", "way", "received_by", "servers", "witness", "note")
    rows = [
        {
            "on": chinese_day(each.served_on),
            "way": "拒绝接收" if each.refused else WAYS[Way(each.way)],
            "received_by": each.received_by,
            "servers": each.servers,
            "witness": each.witness,
            "note": f"更正此前的记录：{each.note}" if each.replaces else each.note,
        }
        for each in services_of(paper)
    ]
    declared = forms.get(paper.form)
    return {
        **{name: paper.data.get(name, "") for name in ("authority", "station")},
        "number": paper.number_text,
        "issued_on": chinese_day(paper.issued_on),
        "title": declared.official_title if declared else paper.form,
        "enterprise": paper.enterprise_name,
        "services": rows or [dict.fromkeys(names, "")],
        "digest": paper.data_sm3,
    }


def with_pictures(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data of a paper with its photos and signatures as pictures. One whose file is lost becomes a text that says so.

    A signature without a file keeps the words that stand in its place.
    """
    found = dict(data)
    if data.get("photos"):
        found["photos"] = [each | {"picture": _picture(each)} for each in data["photos"]]
    if data.get("signatures"):
        found["signatures"] = [
            each | ({"picture": _picture(each, pictures.SIGNATURE_MM)} if each.get("key") else {})
            for each in data["signatures"]
        ]
    return found


def _picture(photo: Mapping[str, Any], most_mm: tuple[float, float] = pictures.MOST_MM) -> Mapping[str, Any]:
    try:
        with files.fetch(photo["key"]) as stream:
            return pictures.picture(stream.read(), photo["caption"], most_mm=most_mm)
    except FileNotFoundError:
        logger.warning("a photo of a paper is lost", key=photo["key"])
        return pictures.missing(photo["caption"])


def make_pdf(paper: Paper) -> bytes:
    """Return a paper as PDF, which is made once and kept beside its Word file. Raise as make_file, NoPdf."""
    if not paper.file_key:
        word = _fill(paper)
        made = documents.as_pdf(word.data)
        # Kept last, so that nobody who serves the paper waits for LibreOffice. A station that handed the enterprise over
        # only reads the paper, and keeps nothing.
        if key := _keep(paper, word):
            files.keep_beside(key, ".pdf", made)
        return made
    try:
        with files.fetch(paper.file_key, ending=".pdf") as stream:
            return stream.read()
    except FileNotFoundError:
        made = documents.as_pdf(make_file(paper))
        files.keep_beside(paper.file_key, ".pdf", made)
        return made


def make_files(*, bureau_id: int, id: int) -> None:
    """Make Word file and PDF of a paper, as the system: after it was issued, or when a worker comes back to it.

    Without LibreOffice there is no PDF. Raise as make_pdf; the Word file is kept if only the PDF could not be made.
    """
    with station_scope(everywhere(bureau_id)):
        paper = Paper.objects.filter(pk=id).first()
        if paper is not None:
            make_file(paper)
    if paper is not None and documents.office():
        make_pdf(paper)  # from the file, so without a transaction


def without_file(bureau_id: int) -> list[int]:
    """Return the valid papers of a bureau whose Word file was not made yet, and is to be tried now."""
    valid = Paper.objects.filter(file_key=None, voided_at=None, corrected_at=None)
    valid = valid.filter(Q(file_again_at=None) | Q(file_again_at__lte=timezone.now()))
    with station_scope(everywhere(bureau_id)):
        return list(valid.order_by("pk").values_list("pk", flat=True))


def everywhere(bureau_id: int) -> Scope:
    """Return the scope of the system over all stations of a bureau."""
    return system_actor(bureau_id=bureau_id, stations=stations_of(bureau_id)).scope()
