"""Addresses of agreements, below those of their dispute."""

from typing import Any

from django.urls import URLPattern, path

from disputes.access import Permission
from disputes.agreements import court_pages as court
from disputes.agreements import pages as agreement
from disputes.agreements import paper_pages as paper
from disputes.agreements import payment_pages as payment
from facts.staff.pages import FactPages
from papers.access import Permission as PaperPermission

AGREE, PAY, VIEW = Permission.RECORD_AGREEMENTS, Permission.RECORD_PAYMENTS, Permission.VIEW_DISPUTES
ISSUE = PaperPermission.ISSUE_PAPERS


def agreement_urls(pages: FactPages) -> list[URLPattern]:
    """Return the pages of agreements."""
    found: list[tuple[str, str, Any, str]] = [
        ("agreement/", "agreement_create", agreement.AgreementCreate, AGREE),
        ("agreement/<int:agreement>/void/", "agreement_void", agreement.AgreementVoid, AGREE),
        ("agreement/<int:agreement>/sign/", "agreement_sign", agreement.AgreementSign, AGREE),
        ("agreement/<int:agreement>/paper/", "agreement_paper", paper.AgreementPaper, ISSUE),
        ("agreement/<int:agreement>/request/", "confirmation_paper", paper.ConfirmationPaper, ISSUE),
        (
            "signatures/<int:signature>/",
            "agreement_signature",
            agreement.AgreementSignatureShow,
            VIEW,
        ),
        ("settlement/", "settle_as_agreed", agreement.SettleAsAgreed, Permission.SETTLE_DISPUTES),
        ("breach/<int:sequence>/", "breach_declare", agreement.BreachDeclare, AGREE),
        ("breach/<int:sequence>/undo/", "breach_undo", agreement.BreachUndo, Permission.CORRECT_DISPUTES),
        ("payments/", "payment_record", payment.PaymentRecord, PAY),
        ("payments/<int:payment>/correct/", "payment_correct", payment.PaymentCorrect, PAY),
        ("payments/<int:payment>/take-back/", "payment_take_back", payment.PaymentTakeBack, PAY),
        ("payments/<int:payment>/receipt/", "payment_receipt", paper.PaymentReceipt, ISSUE),
        ("confirmation/<slug:code>/", "confirmation_step", court.ConfirmationRecord, AGREE),
        (
            "confirmation/<int:confirmation>/take-back/",
            "confirmation_take_back",
            court.ConfirmationTakeBack,
            AGREE,
        ),
    ]
    return [
        path(f"<int:id>/{route}", view.as_view(pages=pages, permission=permission), name=name)
        for route, name, view, permission in found
    ]
