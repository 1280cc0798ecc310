"""Adding, changing and retiring the kinds of disputes of a bureau."""

from collections.abc import Sequence

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from disputes.access import Permission
from disputes.choices import DisputeKind, KindAction
from disputes.kinds import OWN, Known, changed_kinds, kinds, kinds_now
from disputes.models import KindOfDispute
from foundation.accounts import auditing
from foundation.accounts.access import StaleRecord, WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.models import Bureau
from foundation.arguments import as_declared
from foundation.faults import UNCHANGED, Faults
from foundation.identifiers import folded
from foundation.texts import kept

MOST = 60  # kinds of a bureau, retired ones included: a list that people choose from
LONGEST_NAME = 40


def get_kind(actor: Actor, code: str) -> Known:
    """Return a kind of the actor's bureau. Raise DoesNotExist."""
    require(actor, Permission.MANAGE_KINDS)
    found = next((each for each in kinds() if each.code == code), None)
    if found is None:
        raise KindOfDispute.DoesNotExist(code)
    return found


def list_kinds(actor: Actor) -> list[Known]:
    """Return all kinds of the actor's bureau in its order."""
    require(actor, Permission.MANAGE_KINDS)
    return kinds()


@transaction.atomic
@as_declared
def add_kind(*, actor: Actor, name: str = "", name_en: str = "", after: str = "") -> KindOfDispute:
    """Add a kind to the actor's bureau, after another one or first. Raise ValidationError by field, NotAllowed.

    One name is enough. Its code is given here and is what records keep.
    """
    known, faults = _locked(actor), Faults()
    if len(known) >= MOST:
        raise WrongState(
            _("A bureau has at most %(most)d kinds. Take a retired one into use again.") % {"most": MOST}
        )
    name, name_en = _names(faults, known, "", name, name_en)
    _check_place(faults, known, "", after)
    faults.refuse()
    numbers = [int(each.code.removeprefix(OWN)) for each in known if each.is_own]
    kind = KindOfDispute.objects.create(
        bureau_id=actor.bureau_id,
        code=f"{OWN}{1 + max(numbers, default=0)}",
        name=name,
        name_en=name_en,
        version=0,
    )
    _order(actor, known, kind.code, after)
    return _done(actor, kind, KindAction.ADD, {}, {"name": name, "name_en": name_en})


@transaction.atomic
@as_declared
def change_kind(
    *, actor: Actor, code: str, version: int | None, name: str = "", name_en: str = "", after: str = ""
) -> KindOfDispute:
    """Put a kind elsewhere in the list and, of the bureau's own, call it otherwise, also on records that have it.

    Raise ValidationError by field, also if nothing differs, StaleRecord, DoesNotExist, NotAllowed.
    """
    known = _locked(actor)
    before, faults = _found(known, code, version), Faults()
    if before.is_own:
        name, name_en = _names(faults, known, code, name, name_en)
    else:
        name = name_en = ""
    _check_place(faults, known, code, after)
    faults.refuse()
    others = [each for each in known if each.code != code]
    stood = ([""] + [each.code for each in known])[[each.code for each in known].index(code)]
    if (before.name, before.name_en, stood) == (name, name_en, after):
        raise ValidationError(_("Nothing was changed."), code=UNCHANGED)
    kind = _row(actor, before)
    kind.name, kind.name_en = name, name_en
    kind.save(update_fields=["name", "name_en"])
    if stood != after:
        _order(actor, others, code, after)
    names = {"name": before.name, "name_en": before.name_en}
    return _done(actor, kind, KindAction.CHANGE, names, {"name": name, "name_en": name_en})


@transaction.atomic
@as_declared
def retire_kind(*, actor: Actor, code: str, version: int | None) -> KindOfDispute:
    """Offer a kind no more. Records that have it keep it. Raise WrongState if it is retired or the last in use."""
    known = _locked(actor)
    before = _found(known, code, version)
    if before.is_retired:
        raise WrongState(_("This kind is no longer in use."))
    if sum(not each.is_retired for each in known) == 1:
        raise WrongState(_("This is the only kind in use. Add another one first."))
    kind = _row(actor, before)
    kind.retired_on = timezone.localdate()
    kind.save(update_fields=["retired_on"])
    return _done(actor, kind, KindAction.RETIRE)


@transaction.atomic
@as_declared
def resume_kind(*, actor: Actor, code: str) -> KindOfDispute:
    """Offer a retired kind again. One in use stays as it is."""
    known = _locked(actor)
    before = _found(known, code, None)
    kind = _row(actor, before)
    if not before.is_retired:
        return kind
    kind.retired_on = None
    kind.save(update_fields=["retired_on"])
    return _done(actor, kind, KindAction.RESUME)


def _locked(actor: Actor) -> list[Known]:
    """Return the kinds as they are now; nobody else of the bureau changes them until the transaction ends."""
    require(actor, Permission.MANAGE_KINDS)
    Bureau.objects.select_for_update(no_key=True).get(pk=actor.bureau_id)
    return kinds_now(actor.bureau_id)


def _found(known: Sequence[Known], code: str, version: int | None) -> Known:
    found = next((each for each in known if each.code == code), None)
    if found is None:
        raise KindOfDispute.DoesNotExist(code)
    if version is not None and version != found.version:
        raise StaleRecord(_("Somebody changed this kind in the meantime."))
    return found


def _row(actor: Actor, kind: Known) -> KindOfDispute:
    """Return the row of a kind; a shipped one gets it with its first change."""
    row, _is_new = KindOfDispute.objects.get_or_create(
        bureau_id=actor.bureau_id, code=kind.code, defaults={"place": kind.place}
    )
    return row


def _names(faults: Faults, known: Sequence[Known], code: str, name: str, name_en: str) -> tuple[str, str]:
    """Return both names as they are kept. Sheets are read by name, so no other kind may be called so, in any language."""
    for field, text in (("name", name), ("name_en", name_en)):
        with faults.of():
            text = kept(text, field, LONGEST_NAME, words=True)
            if text and (other := _taken(known, code).get(folded(text))):
                words = _("“%(name)s” is the name of a kind already.")
                raise ValidationError({field: words % {"name": other}})
    name, name_en = name.strip(), name_en.strip()
    if not (name or name_en):
        faults.add(ValidationError({"name": _("Enter a name, in Chinese or in English.")}))
    return name, name_en


def _taken(known: Sequence[Known], code: str) -> dict[str, str]:
    """Return what other kinds are called, by the name as sheets are compared: names in all languages, and codes."""
    found: dict[str, str] = {}
    for each in known:
        if each.code == code:
            continue
        names = [each.code, each.name, each.name_en]
        if not each.is_own:
            for language, _word in settings.LANGUAGES:
                with translation.override(language):
                    names.append(str(DisputeKind(each.code).label))
        found |= {folded(name): name for name in names if name}
    return found


def _check_place(faults: Faults, known: Sequence[Known], code: str, after: str) -> None:
    if after and after not in {each.code for each in known if each.code != code}:
        faults.add(ValidationError({"after": _("Choose a kind of the list.")}))


def _order(actor: Actor, others: Sequence[Known], code: str, after: str) -> None:
    """Put a kind after another one, or first, and keep the place of every kind that moved by it."""
    place = 1 + [each.code for each in others].index(after) if after else 0
    codes = [each.code for each in others]
    codes.insert(place, code)
    known = {each.code: each for each in others}
    for number, each in enumerate(codes, 1):
        if each in known and known[each].place == number:
            continue
        if each in known:
            _row(actor, known[each])
        KindOfDispute.objects.filter(bureau_id=actor.bureau_id, code=each).update(place=number)


def _done(
    actor: Actor,
    kind: KindOfDispute,
    action: KindAction,
    before: dict[str, str] | None = None,
    after: dict[str, str] | None = None,
) -> KindOfDispute:
    KindOfDispute.objects.filter(pk=kind.pk).update(version=kind.version + 1)
    kind.refresh_from_db()
    changed_kinds(kind.bureau_id)
    auditing.record(actor=actor, action=action, target=kind, before=before or {}, after=after or {})
    return kind
