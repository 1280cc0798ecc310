"""Publishing and adopting standards."""

from pathlib import Path

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from foundation.accounts import auditing
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau
from ratings.access import Permission
from ratings.choices import AuditAction
from ratings.models import Adoption, Standard
from ratings.standards.parsing import parse, parse_new
from ratings.standards.rulebook import spoken

SHIPPED = Path(__file__).resolve().parent.parent / "standards"


def shipped_standards() -> dict[str, str]:
    """Return the TOML texts of the standards that come with Anqi, by code."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("*.toml"))}


@transaction.atomic
def publish_standard(*, actor: Actor, text: str) -> Standard:
    """Publish a standard in the actor's bureau, as the next version of its code.

    Return the existing version if the text is identical. Raise InvalidStandard, listing every problem of the text.
    """
    require(actor, Permission.PUBLISH_STANDARDS)
    book = parse(text)
    _lock_bureau(actor)
    versions = Standard.objects.filter(bureau_id=actor.bureau_id, code=book.code)
    same = versions.filter(body=text).first()
    if same:
        return same
    parse_new(text)
    version = (versions.aggregate(last=Max("version"))["last"] or 0) + 1
    standard = Standard.objects.create(
        bureau_id=actor.bureau_id,
        code=book.code,
        version=version,
        title=spoken(book.title),
        body=text,
        published_by_id=actor.user_id,
    )
    auditing.record(
        actor=actor,
        action=AuditAction.PUBLISH_STANDARD,
        target=standard,
        after={"code": book.code, "version": version},
    )
    return standard


@transaction.atomic
def adopt_standard(*, actor: Actor, standard_id: int) -> Adoption:
    """Make a published standard the one that gives the official colours, from the next evaluation on."""
    require(actor, Permission.PUBLISH_STANDARDS)
    _lock_bureau(actor)
    standard = Standard.objects.get(bureau_id=actor.bureau_id, pk=standard_id)
    adoption = Adoption.objects.filter(bureau_id=actor.bureau_id, until_at=None).first()
    before = {"standard_id": adoption.standard_id} if adoption else {}
    if adoption and adoption.standard_id == standard.pk:
        return adoption
    if adoption:
        adoption.until_at = timezone.now()
        adoption.save(update_fields=["until_at"])
    adoption = Adoption.objects.create(bureau_id=actor.bureau_id, standard=standard)
    auditing.record(
        actor=actor,
        action=AuditAction.ADOPT_STANDARD,
        target=standard,
        before=before,
        after={"standard_id": standard.pk},
    )
    return adoption


def _lock_bureau(actor: Actor) -> None:
    """Lock the bureau, so that two supervisors cannot publish the same version number or adopt twice."""
    Bureau.objects.select_for_update(no_key=True).get(pk=actor.bureau_id)


@transaction.atomic
def adopt_default_standard(*, actor: Actor) -> Adoption:
    """Publish the shipped standards for the actor's bureau and adopt the default one, unless one is adopted."""
    require(actor, Permission.PUBLISH_STANDARDS)
    published = {code: publish_standard(actor=actor, text=text) for code, text in shipped_standards().items()}
    adoption = Adoption.objects.filter(bureau_id=actor.bureau_id, until_at=None).first()
    return adoption or adopt_standard(actor=actor, standard_id=published["default"].pk)
