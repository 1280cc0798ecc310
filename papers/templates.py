"""The template that papers of a form are filled from: the bureau's latest own, else the latest that came with Anqi."""

import hashlib
import io
import re
import zipfile
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from foundation.accounts import auditing
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau
from foundation.arguments import as_declared
from foundation.attachments import files
from foundation.contributions.papers import Form, forms
from foundation.documents import documents
from foundation.faults import Faults
from foundation.texts import kept
from papers.access import Permission
from papers.choices import AuditAction
from papers.models import PaperTemplate

SHIPPED = "shipped"
LARGEST = 5 << 20
LONGEST_NOTE = 200
_TAG = re.compile(rb"<[^<>]*>")
SHELF = "papers"  # of the files that papers and templates name


@dataclass(frozen=True)
class Template:
    """A template as papers name it. ``name``: "shipped/1", or the key of a bureau's own file."""

    name: str
    version: int
    data: bytes
    own: PaperTemplate | None = None

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def template_in_force(actor: Actor, form: Form) -> Template:
    """Return the template that a paper issued now is filled from. Needs the scope of its bureau."""
    own = PaperTemplate.objects.filter(bureau_id=actor.bureau_id, form=form.code).order_by("-version").first()
    if own is None:
        number = len(form.shipped)
        return Template(f"{SHIPPED}/{number}", number, form.shipped[-1].read_bytes())
    return Template(own.key, own.version, read_template(form.code, own.key), own)


def read_template(form: str, name: str) -> bytes:
    """Return the template that a paper names. Raise FileNotFoundError."""
    kind, _slash, number = name.partition("/")
    if kind == SHIPPED:
        return forms[form].shipped[int(number) - 1].read_bytes()
    with files.fetch(name) as stream:
        return stream.read()


def says(template: Template, text: str) -> bool:
    """Return whether a text stands in the main part of a template, however it is cut into runs."""
    with zipfile.ZipFile(io.BytesIO(template.data)) as archive:
        return text.encode() in _TAG.sub(b"", archive.read("word/document.xml"))


def list_templates(actor: Actor, form: Form) -> list[PaperTemplate]:
    """Return the bureau's own templates of a form, the latest first."""
    return list(PaperTemplate.objects.filter(bureau_id=actor.bureau_id, form=form.code).order_by("-version"))


def try_out(form: Form, data: bytes) -> None:
    """Fill a template with each example of a form. Raise ValidationError at ``file``, which says the place."""
    try:
        for each in form.examples:
            documents.fill(data, each)
    except documents.TemplateFault as error:
        raise ValidationError({"file": error.messages}) from error


@transaction.atomic
@as_declared
def publish_template(*, actor: Actor, form: Form, data: bytes, note: str) -> PaperTemplate:
    """Let papers of the actor's bureau be filled from another template from now on. Issued ones keep theirs.

    Raise ValidationError at ``file`` for one that is too large or cannot be filled with the examples of the form, at
    ``note`` without one.
    """
    require(actor, Permission.PUBLISH_TEMPLATES)
    faults = Faults()
    with faults.of():
        note = kept(note, "note", LONGEST_NOTE, words=True)
        if not note:
            raise ValidationError({"note": _("Say what is new.")})
    with faults.of():
        if len(data) > LARGEST:
            raise ValidationError({"file": _("The file is larger than 5 MB.")})
        try_out(form, data)
    faults.refuse()
    Bureau.objects.select_for_update(no_key=True).get(pk=actor.bureau_id)
    own = PaperTemplate.objects.filter(bureau_id=actor.bureau_id, form=form.code)
    # its versions follow those that came with Anqi
    latest = own.aggregate(latest=Max("version"))["latest"] or len(form.shipped)
    published = PaperTemplate.objects.create(
        bureau_id=actor.bureau_id,
        form=form.code,
        version=latest + 1,
        key=files.put(actor.bureau_id, data, shelf=SHELF),
        sha256=hashlib.sha256(data).hexdigest(),
        note=note,
        published_by=actor.name,
        published_by_id=actor.user_id,
    )
    auditing.record(
        actor=actor,
        action=AuditAction.PUBLISH,
        target=published,
        after={"form": form.code, "version": published.version, "digest": published.sha256},
        reason=note,
    )
    return published
