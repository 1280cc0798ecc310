"""Who is notified of papers: the enterprise of one that is issued, replaced or voided, and whoever issued it of its receipt."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from enterprises.concerned import by_person, its_people, officers_of
from facts.causes import OFFICERS
from foundation.accounts.choices import ENTERPRISE_ROLES, STATION_ROLES, Role
from foundation.contributions.notifications import Cause, Happening, register
from papers.choices import AuditAction
from papers.retrying import FAILED


def _its_issuer(happening: Happening) -> Q:
    """Return the liaison officer of the enterprise, and whoever issued the paper, if they are still at its station."""
    paper = happening.target
    return officers_of(paper.enterprise_id, paper.station_id, also=[paper.issued_by_id])


def _is_for_them(happening: Happening) -> bool:
    """Return whether a person acted on a paper to the enterprise, not on one that the police keep."""
    return by_person(happening) and not happening.target.is_internal


register(
    Cause(
        FAILED,
        _("The file of a paper cannot be made from its template: %(object)s"),
        STATION_ROLES | {Role.SUPERVISOR},
        "file-alert",
        page="papers:paper",
        tone="red",
    ),
    *(
        Cause(
            action,
            words,
            ENTERPRISE_ROLES,
            "file-text",
            page="papers:paper",
            tone=tone,
            on=(action,),
            who=its_people,
            when=_is_for_them,
        )
        for action, words, tone in (
            (AuditAction.ISSUE, _("The police issued a paper to your enterprise: %(object)s"), "red"),
            (AuditAction.CORRECT, _("The police replaced a paper by a correction: %(object)s"), "red"),
            (AuditAction.VOID, _("The police voided a paper: %(object)s"), ""),
        )
    ),
    Cause(
        AuditAction.RECEIVE,
        _("The enterprise confirmed that it has the paper: %(object)s"),
        OFFICERS,
        "checks",
        page="papers:paper",
        on=(AuditAction.RECEIVE,),
        who=_its_issuer,
    ),
)
