"""Papers under a number: letterhead, issue, correction, voiding, and who may change or serve one."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from enterprises.models import Enterprise
from facts.operations import lock_enterprise
from foundation.accounts import auditing
from foundation.accounts.access import StaleRecord, WrongState, require
from foundation.accounts.actors import Actor
from foundation.accounts.digests import canonical
from foundation.accounts.models import Bureau, Station
from foundation.accounts.reasons import required_reason
from foundation.arguments import as_declared
from foundation.contributions.limits import refuse_implausible, refuse_unstorable
from foundation.contributions.papers import Form, forms
from foundation.documents import documents
from foundation.identifiers import folded
from foundation.words import visible
from papers.access import Permission
from papers.choices import AuditAction
from papers.models import Letterhead, Paper, Series
from papers.selectors import get_paper, issued_by_form, letterhead_of, letterhead_to_fill_in
from papers.templates import Template, template_in_force

NO_LETTERHEAD = gettext_lazy(
    "Your station has no letterhead yet: authority, beginning of the numbers, telephone. The chief fills it in once."
)
GONE = gettext_lazy("This paper was voided or replaced. Use the one that is valid.")
MOVED = gettext_lazy("The enterprise has another station now.")
_NEXT = """
    INSERT INTO {table} (bureau_id, station_id, form, year, last) VALUES (%s, %s, %s, %s, 1)
    ON CONFLICT (station_id, form, year) DO UPDATE SET last = {table}.last + 1 RETURNING last
"""


@transaction.atomic
@as_declared
def change_letterhead(*, actor: Actor, version: str | None, **values: str) -> Letterhead:
    """Fill in or change the letterhead of the chief's own station. Issued papers keep theirs.

    Raise StaleRecord if it was changed since ``version``, ValidationError by field. No two stations of a bureau begin their
    numbers alike, in whatever width or case.
    """
    require(actor, Permission.CHANGE_LETTERHEAD)
    station = Station.objects.get(pk=actor.station_id)
    Bureau.objects.select_for_update(no_key=True).get(
        pk=station.bureau_id
    )  # its letterheads are changed one by one
    found = letterhead_to_fill_in(station)
    if version is not None and version != found.mark:
        raise StaleRecord(_("Somebody changed the letterhead in the meantime."))
    before = auditing.snapshot(found)
    for name in Letterhead.EDITABLE:
        setattr(found, name, visible(values.get(name, getattr(found, name))).strip())
    refuse_unstorable(found)
    found.full_clean()
    refuse_implausible(found)
    others = Letterhead.objects.filter(bureau_id=station.bureau_id).exclude(station=station)
    for other in others.select_related("station"):
        if folded(other.abbreviation) == folded(found.abbreviation):
            words = _("The paper numbers of %(station)s already begin like this. Choose another beginning.")
            raise ValidationError({"abbreviation": words % {"station": other.station}})
    found.save()
    old, new = auditing.changes(before, auditing.snapshot(found))
    auditing.record(actor=actor, action=AuditAction.LETTERHEAD, target=found, before=old, after=new)
    return found


def _next_number(bureau_id: int, station_id: int, form: str, year: int) -> int:
    """Return the next number of a series. It counts only if the transaction is committed."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT.format(table=Series._meta.db_table), [bureau_id, station_id, form, year])
        number: int = cursor.fetchone()[0]
    return number


@transaction.atomic
def issue_paper(
    *,
    actor: Actor,
    form: Form,
    enterprise_id: int,
    records: Mapping[str, Sequence[int]],
    data: Mapping[str, Any],
    form_key: str = "",
    corrects: Paper | None = None,
    reason: str = "",
) -> Paper:
    """Issue a paper today, under the next number of the actor's station, or as a correction under the old number.

    ``data`` fill the template; number, day and letterhead are added here. The same ``form_key`` again is the paper that
    is there. Raise NotAllowed, Http404 for an enterprise the actor does not see, WrongState without a letterhead
    and for a correction of what is voided, replaced already or another station's, ValidationError at ``reason``.
    """
    require(actor, Permission.ISSUE_PAPERS)
    enterprise = lock_enterprise(actor, enterprise_id)  # a second request with the same form waits here
    if form_key and (first := issued_by_form(actor, enterprise_id, form_key)):
        return first
    letterhead = letterhead_of(actor.station_id)
    if letterhead is None:
        raise WrongState(str(NO_LETTERHEAD))
    today = timezone.localdate()
    place = {"issued_by_station_id": actor.station_id, "form": form.code, "year": today.year}
    if corrects is not None:
        reason = required_reason(reason)
        corrects = lock_valid(actor, corrects.pk)
        if words := refusal_to_change(actor, corrects):
            raise WrongState(words)
        place = {name: getattr(corrects, name) for name in place}
        number, version = corrects.number, corrects.version + 1
        number_text = corrects.number_text
    else:
        # taken last of all locks, and held until the commit
        number, version = _next_number(enterprise.bureau_id, actor.station_id, form.code, today.year), 1
        number_text = number_in_words(letterhead, form, today.year, number)
    paper = drawn_up(
        **place,
        enterprise=enterprise,
        letterhead=letterhead,
        station_name=Station.objects.get(pk=actor.station_id).name,
        template=template_in_force(actor, form),
        number=number,
        version=version,
        number_text=number_text,
        issued_on=today,
        records=records,
        data=data,
        form_key=form_key,
        issued_by=actor.name,
        issued_by_id=actor.user_id,
        corrects=corrects,
        correction_reason=reason,
    )
    paper.save(force_insert=True)
    if corrects is not None:
        corrects.corrected_at = timezone.now()
        corrects.save(update_fields=["corrected_at"])
    _wake(enterprise.bureau_id, paper)
    auditing.record(
        actor=actor,
        action=AuditAction.CORRECT if corrects else AuditAction.ISSUE,
        target=paper,
        after={"form": form.code, "number": number_text, "version": version, "digest": paper.data_sm3},
        reason=reason,
    )
    return paper


def drawn_up(
    *,
    enterprise: Enterprise,
    letterhead: Letterhead,
    station_name: str,
    template: Template,
    number_text: str,
    version: int = 1,
    issued_on: dt.date,
    records: Mapping[str, Sequence[int]],
    data: Mapping[str, Any],
    **values: Any,
) -> Paper:
    """Return an unsaved paper: its data with those of the letterhead, their digests, and the template it is filled from.

    ``values`` are further fields: the issuing station, form, year and number, and who issued it.
    """
    filled = documents.clean(
        {
            **data,
            **{name: getattr(letterhead, name) for name in ("authority", "telephone", "review_by", "court")},
            "station": station_name,
            "number": number_text,
            "issued_on": chinese_day(issued_on),
            "version": version,
            "template_version": template.version,
        }
    )
    digested = canonical(filled).encode()
    return Paper(
        enterprise=enterprise,
        station_id=enterprise.station_id,
        version=version,
        number_text=number_text,
        enterprise_name=enterprise.name,
        records={kind: list(ids) for kind, ids in records.items()},
        data=filled,
        data_sha256=hashlib.sha256(digested).hexdigest(),
        data_sm3=documents.sm3_of(digested),
        template=template.name,
        template_version=template.version,
        template_sha256=template.sha256,
        issued_on=issued_on,
        **values,
    )


def _wake(bureau_id: int, paper: Paper) -> None:
    from papers.tasks import make  # tasks import making, which imports this

    transaction.on_commit(lambda: make.delay(bureau_id, paper.pk), robust=True)  # else the sweep wakes one


def lock_valid(actor: Actor, id: int) -> Paper:
    """Return a paper, locked after its enterprise as a hand-over does.

    Raise Http404, WrongState if it is voided or replaced, or its enterprise has moved.
    """
    found = get_paper(actor, id)
    if found.station_id not in actor.stations:  # the station that issued it only reads it
        raise WrongState(str(MOVED))
    lock_enterprise(actor, found.enterprise_id)
    paper = Paper.objects.select_for_update(of=("self",), no_key=True).filter(pk=id).first()
    if paper is None:  # it was handed over at this moment
        raise WrongState(str(MOVED))
    if not paper.is_valid:
        raise WrongState(str(GONE))
    return paper


@transaction.atomic
@as_declared
def void_paper(*, actor: Actor, id: int, reason: str) -> Paper:
    """Void a paper that should not have been issued; its number stays taken. Only by the station that issued it.

    Raise Http404, WrongState if it is voided or replaced, ValidationError at ``reason``.
    """
    require(actor, Permission.VOID_PAPERS)
    reason = required_reason(reason)
    paper = lock_valid(actor, id)
    if words := refusal_to_change(actor, paper):
        raise WrongState(words)
    paper.voided_at, paper.voided_by, paper.void_reason = timezone.now(), actor.name, reason
    paper.save(update_fields=["voided_at", "voided_by", "void_reason"])
    auditing.record(actor=actor, action=AuditAction.VOID, target=paper, reason=reason)
    return paper


def refusal_to_serve(actor: Actor, paper: Paper) -> str:
    """Return why the actor cannot record the service of a paper; "" if they can."""
    if not paper.is_valid:
        return str(GONE)
    if paper.is_internal:
        return _("The police keep this paper in their own file. It is not served.")
    return "" if paper.station_id in actor.stations else str(MOVED)


def refusal_to_change(actor: Actor, paper: Paper) -> str:
    """Return why the actor may neither correct nor void a paper; "" if they may."""
    if paper.is_valid and paper.issued_by_station_id != actor.station_id:
        return _("Another station issued this paper, so only that one can change it.")
    form = forms.get(paper.form)
    if paper.is_internal and paper.is_valid and form and not form.is_decision:
        return "" if paper.station_id in actor.stations else str(MOVED)
    return refusal_to_serve(actor, paper)


def number_in_words(letterhead: Letterhead, form: Form, year: int, number: int) -> str:
    """Return a number as it stands on papers: 东公（开）限字〔2026〕37号."""
    return f"{letterhead.abbreviation}{form.word}字〔{year}〕{number}号"


def chinese_day(day: dt.date) -> str:
    """Return a day as papers write it: 2026年9月23日."""
    return f"{day.year}年{day.month}月{day.day}日"
