"""Papers about an agreement: the agreement itself, the joint request to the court, the receipt of a payment.

A paper is frozen when it is issued. Asked for again it is the same one as long as nothing has changed, else its next version.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from disputes.acting import locked_dispute, paper_about, valid_papers
from disputes.agreements import locking
from disputes.agreements.capital import in_capitals
from disputes.agreements.paper_forms import AGREEMENT_FORMS, BY_KIND, RECEIPT, REQUEST
from disputes.agreements.performance import yuan_of
from disputes.agreements.reading import Concluded, agreements_of
from disputes.choices import (
    PUBLIC_SECURITY,
    AgreementKind,
    ConfirmationStep,
    PaymentWay,
    Side,
    SignedOn,
    Signer,
)
from disputes.kinds import kind_on_paper
from disputes.models import AgreementSignature, Dispute, Party, Payment
from disputes.paper_words import SIDES
from disputes.people.opening import BY_SIDE, open_all, opened
from disputes.people.selectors import parties_of
from foundation.accounts.access import WrongState, allows, require
from foundation.accounts.actors import Actor
from foundation.arguments import as_declared
from foundation.contributions.audit import kind_of_model
from foundation.contributions.papers import Form
from foundation.documents import documents
from papers.access import Permission
from papers.models import Paper
from papers.operations.issuing import chinese_day, issue_paper, refusal_to_change, void_paper

# reasons that the program gives
CHANGED = _("Signed or changed since.")
LISTED = _("The paper of the agreement lists all parties.")
NAMED = _("A paper of the agreement names who is the only party of a side.")
SIGNERS: Mapping[str, str] = {**SIDES, Signer.MEDIATOR: "主持人"}
KINDS = {
    AgreementKind.SECURITY: "治安调解",
    AgreementKind.ON_THE_SPOT: "现场治安调解",
    AgreementKind.PEOPLES: "人民调解",
    AgreementKind.ORAL: "人民调解",
}
WAYS = {
    PaymentWay.TRANSFER: "银行转账",
    PaymentWay.WAGES: "工资专户",
    PaymentWay.PHONE: "手机支付",
    PaymentWay.CASH: "现金",
    PaymentWay.GOODS: "实物或劳务",
}


def money(fen: int) -> str:
    """Return an amount as papers have it: 144,000.00."""
    return f"{yuan_of(fen):,.2f}"


@transaction.atomic
@as_declared
def issue_agreement(*, actor: Actor, id: int, agreement_id: int, form_key: str = "") -> Paper:
    """Issue the paper of the agreement in force, in the form of its kind. Raise as issue_paper, WrongState if it is not in force."""
    require(actor, Permission.ISSUE_PAPERS)
    dispute = locked_dispute(actor, id)
    found = locking.in_force(dispute, agreement_id)
    form = BY_KIND[AgreementKind(found.agreement.kind)]
    single = single_parties(actor, dispute)
    data = agreement_data(dispute, found, single) | {"annex": all_parties(actor, dispute, found)}
    return _issue(actor, dispute, form, {"agreement": agreement_id}, data, form_key, single)


@transaction.atomic
@as_declared
def issue_request(*, actor: Actor, id: int, agreement_id: int, form_key: str = "") -> Paper:
    """Issue the joint request for judicial confirmation.

    Raise as issue_agreement, WrongState if no court confirms this agreement or it is not in effect.
    """
    require(actor, Permission.ISSUE_PAPERS)
    dispute = locked_dispute(actor, id)
    found = locking.in_force(dispute, agreement_id)
    agreement = found.agreement
    if agreement.confirm_by is None or agreement.effective_on is None:
        raise WrongState(_("No court confirms an agreement of this kind, or it is not in effect yet."))
    applied = found.step(ConfirmationStep.APPLIED)
    single = single_parties(actor, dispute)
    data = agreement_data(dispute, found, single) | {
        "to_court": applied.court if applied else "",
        "agreement_on": chinese_day(agreement.concluded_on),
        "effective_on": chinese_day(agreement.effective_on),
        "confirm_by": chinese_day(agreement.confirm_by),
        "annex": all_parties(actor, dispute, found),
    }
    return _issue(actor, dispute, REQUEST, {"agreement": agreement_id}, data, form_key, single)


@transaction.atomic
@as_declared
def issue_receipt(*, actor: Actor, id: int, payment_id: int, form_key: str = "") -> Paper:
    """Issue the receipt of a payment. Raise as issue_agreement, Http404, WrongState for one that was taken back."""
    require(actor, Permission.ISSUE_PAPERS)
    dispute = locked_dispute(actor, id)
    found = agreements_of(dispute).with_payment(payment_id)
    if found is None:
        raise Http404(f"dispute {dispute.pk} has no payment {payment_id}")
    payment = next(each for each in found.payments if each.pk == payment_id)
    if payment.taken_back_at is not None:
        raise WrongState(_("This payment was taken back already. Look at the dispute again."))
    data = receipt_data(dispute, found, payment, single_parties(actor, dispute))
    return _issue(actor, dispute, RECEIPT, {"payment": payment_id}, data, form_key)


def _issue(
    actor: Actor,
    dispute: Dispute,
    form: Form,
    about: Mapping[str, int],
    data: Mapping[str, Any],
    form_key: str,
    single: Mapping[str, Party] = MappingProxyType({}),
) -> Paper:
    """Issue a paper. The log says which persons it opens: all in its annex, else those of ``single``, by side."""
    own = {kind: [id] for kind, id in about.items()}
    before = paper_about(actor, dispute, form, own)  # issued about a file that was merged into this one, too
    reason = ""
    if before is not None:
        cleaned = documents.clean(dict(data))
        # what an earlier version of the form did not ask, and says nothing, is no change
        said = {name: value for name, value in cleaned.items() if value or name in before.data}
        if all(before.data.get(name) == value for name, value in said.items()):
            return before
        if words := refusal_to_change(actor, before):
            raise WrongState(words)
        reason = str(CHANGED)
    persons = [each.pk for each in single.values() if each.is_person]
    if data.get("annex"):
        open_all(actor=actor, dispute_id=dispute.pk, reason=str(LISTED))
    elif persons:
        open_all(actor=actor, dispute_id=dispute.pk, reason=str(NAMED), only=persons)
    return issue_paper(
        actor=actor,
        form=form,
        enterprise_id=dispute.enterprise_id,
        records={kind_of_model(Dispute).code: [dispute.pk]} | own,
        data=data,
        form_key=form_key,
        corrects=before,
        reason=reason,
    )


def void_papers(actor: Actor, dispute: Dispute, about: Mapping[str, int], reason: str) -> None:
    """Void the papers about a payment or an agreement that was recorded wrongly. Another station's stay."""
    if not allows(actor, Permission.VOID_PAPERS):
        return
    for paper in valid_papers(actor, dispute, AGREEMENT_FORMS, {kind: [id] for kind, id in about.items()}):
        if not refusal_to_change(actor, paper):
            void_paper(actor=actor, id=paper.pk, reason=reason)


def single_parties(actor: Actor, dispute: Dispute) -> dict[str, Party]:
    """Return who is the only party of a side, by side: that is the party, whoever signs for it. One query."""
    sides: dict[str, list[Party]] = {}
    for each in parties_of(actor, dispute):
        sides.setdefault(each.side, []).append(each)
    return {side: of[0] for side, of in sides.items() if len(of) == 1}


def _named(party: Party | None, signed: str) -> str:
    """Return the name of a side: of its only party, else of who signed for it."""
    if party is None:
        return signed
    return (opened(party).name or party.masked_name) if party.is_person else party.organisation


def agreement_data(
    dispute: Dispute, found: Concluded, single: Mapping[str, Party] = MappingProxyType({})
) -> dict[str, Any]:
    """Return what the paper of an agreement says. One query for the keys of the signatures."""
    agreement, total = found.agreement, found.total
    keys = dict(AgreementSignature.objects.filter(agreement_id=agreement.pk).values_list("signer", "key"))
    signed = {each.signer: each for each in found.signatures}
    signers = list(agreement.signers) or [Signer.APPLICANT, Signer.RESPONDENT, Signer.MEDIATOR]
    number = agreement.presided_number
    return {
        "enterprise": dispute.enterprise.name,
        "dispute_kind": kind_on_paper(dispute.kind),
        "kind": KINDS[AgreementKind(agreement.kind)],
        "presided_by": f"{agreement.presided_by}（警号{number}）"
        if number and agreement.kind in PUBLIC_SECURITY
        else agreement.presided_by,
        "organisation": agreement.organisation
        or (dispute.station.name if agreement.kind in PUBLIC_SECURITY else ""),
        "mediators": agreement.mediators,
        "witnesses": agreement.witnesses,
        "place": agreement.place,
        "concluded_on": chinese_day(agreement.concluded_on),
        "parties": [
            {
                "side": SIGNERS[Signer(each)],
                "name": _named(single.get(each), signed[each].name if each in signed else ""),
            }
            for each in signers
            if each != Signer.MEDIATOR
        ],
        "facts": agreement.facts,
        "terms": agreement.terms,
        "debtor": SIDES[Side(agreement.debtor)] if agreement.debtor else "",
        "creditor": SIDES[Side(agreement.creditor)] if agreement.creditor else "",
        "total": money(total) if total else "",
        "total_in_words": in_capitals(total) if total else "",
        "instalments": [
            {
                "n": each.number,
                "due_on": chinese_day(each.due_on),
                "amount": money(each.fen),
                "way": WAYS[PaymentWay(each.way)],
            }
            for each in found.instalments
        ],
        "copies": agreement.copies,
        "signatures": [_signature(each, signed.get(each), keys) for each in signers],
        **_about(dispute),
    }


def all_parties(actor: Actor, dispute: Dispute, found: Concluded) -> list[dict[str, Any]]:
    """Return the lines of the annex: all parties, if they are more than sign at the top; none otherwise.

    The log says that each was opened, once the paper is issued. Identity numbers are filled in by hand, as in the form itself.
    """
    signers = [each for each in found.agreement.signers if each != Signer.MEDIATOR]
    parties = list(parties_of(actor, dispute).order_by(*BY_SIDE))
    if len(parties) <= max(len(signers), 2):
        return []
    return [
        {
            "n": number,
            "side": SIDES[Side(each.party.side)],
            "name": each.name or each.party.masked_name,
            "by": "、".join(
                filter(None, (each.representative, each.guardian and f"{each.guardian}（监护人）"))
            ),
            "code": each.party.credit_code,
        }
        for number, each in enumerate(map(opened, parties), 1)
    ]


def _signature(signer: str, signed: AgreementSignature | None, keys: Mapping[str, str]) -> dict[str, str]:
    side = SIGNERS[Signer(signer)]
    if signed is None:
        return {"side": side, "who": "", "on": "", "picture": "", "key": ""}
    is_drawn = signed.way == SignedOn.SCREEN
    return {
        "side": side,
        "who": signed.name,
        "on": chinese_day(signed.signed_on),
        "picture": "" if is_drawn else "见纸质签名件",
        "key": keys.get(signer, "") if is_drawn else "",
        "caption": signed.name,
    }


def receipt_data(
    dispute: Dispute, found: Concluded, payment: Payment, single: Mapping[str, Party]
) -> dict[str, Any]:
    """Return what the receipt of a payment says: who paid whom, what, and what is owed after it.

    A side is named by the organisation that is its only party, else by who signed for it.
    """
    stands = found.performance_on(payment.paid_on)
    agreement = found.agreement
    names = {each.signer: each.name for each in found.signatures}
    names |= {side: party.organisation for side, party in single.items() if not party.is_person}
    debtor, creditor = (
        f"{SIDES[Side(side)]}（{names[side]}）" if names.get(side) else SIDES[Side(side)]
        for side in (agreement.debtor, agreement.creditor)
    )
    return {
        "enterprise": dispute.enterprise.name,
        "paid_on": chinese_day(payment.paid_on),
        "amount": money(payment.fen),
        "amount_in_words": in_capitals(payment.fen),
        "way": WAYS[PaymentWay(payment.way)],
        "instalment": f"第{payment.number}期" if payment.number else "",
        "debtor": debtor,
        "creditor": creditor,
        "agreement_on": chinese_day(agreement.concluded_on),
        "remark": payment.remark,
        "paid": money(stands.paid),
        "open": money(stands.open),
        "recorded_by": payment.recorded_by,
        **_about(dispute),
    }


def _about(dispute: Dispute) -> dict[str, Any]:
    kind = kind_of_model(Dispute).code
    return {
        "records": str(dispute.pk),
        "about": [{"what": str(dispute._meta.verbose_name), "kind": kind, "id": dispute.pk}],
    }
