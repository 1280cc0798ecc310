"""Publishing and adopting standards."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from foundation.accounts import auditing
from foundation.accounts.access import require
from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau
from foundation.arguments import as_declared
from foundation.periods import Period
from ratings.access import Permission
from ratings.choices import AuditAction
from ratings.models import Adoption, Standard
from ratings.selectors import adopted_for, adoptions, last_official_quarter
from ratings.standards.parsing import parse, parse_new
from ratings.standards.rulebook import spoken

QUARTERS_AHEAD = 4
SHIPPED = Path(__file__).resolve().parent.parent / "standards"


def shipped_standards() -> dict[str, str]:
    """Return the TOML texts of the standards that come with Anqi, by code."""
    return {path.stem: path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("*.toml"))}


@transaction.atomic
@as_declared
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
@as_declared
def adopt_standard(*, actor: Actor, standard_id: int, from_quarter: str = "") -> Adoption:
    """Make a published standard the one that gives the official colours: from the next evaluation, or from a quarter on.

    It replaces what was adopted for that quarter and for later ones; earlier quarters keep their standard. Nothing changes if
    the quarter and all later ones have it already. Raise ValidationError at ``from_quarter`` if it is no quarter, was
    rated already, or lies more than :data:`QUARTERS_AHEAD` quarters ahead.
    """
    require(actor, Permission.PUBLISH_STANDARDS)
    _lock_bureau(actor)
    standard = Standard.objects.get(bureau_id=actor.bureau_id, pk=standard_id)
    first = _quarter(actor, from_quarter) if from_quarter else None
    replaced = adoptions(actor).filter(from_quarter__gte=first.code if first else "")
    held = adopted_for(actor, first).first()
    if held and held.standard_id == standard.pk and not replaced.exclude(pk=held.pk).exists():
        return held
    before = {"standard_id": held.standard_id} if held else {}
    replaced.update(until_at=timezone.now())
    if first and (kept := adopted_for(actor, first).first()) and kept.standard_id == standard.pk:
        adoption = kept  # what was planned after it is withdrawn
    else:
        adoption = Adoption.objects.create(
            bureau_id=actor.bureau_id, standard=standard, from_quarter=first.code if first else ""
        )
    after = {"standard_id": standard.pk} | ({"from_quarter": first.code} if first else {})
    auditing.record(
        actor=actor, action=AuditAction.ADOPT_STANDARD, target=standard, before=before, after=after
    )
    return adoption


def _quarter(actor: Actor, code: str) -> Period:
    try:
        period = Period.parse(code)
    except ValueError:
        raise ValidationError({"from_quarter": _("This is not a valid quarter.")}) from None
    last = last_official_quarter(actor)
    if last and period <= last:
        words = _("%(quarter)s was rated already. Choose a later quarter.")
        raise ValidationError({"from_quarter": words % {"quarter": last}})
    if period > Period.of(timezone.localdate()).shift(QUARTERS_AHEAD):
        words = _("Choose a quarter of the next year.")
        raise ValidationError({"from_quarter": words})
    return period


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
