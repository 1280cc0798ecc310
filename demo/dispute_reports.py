"""What enterprises of the demo have told their station about disputes and nobody has answered yet."""

import datetime as dt
from decimal import Decimal

from demo.organisations import Organisation
from disputes.choices import ReportAbout
from disputes.reporting.submitting import report_dispute
from enterprises.models import Enterprise
from foundation.accounts.access import Role
from foundation.accounts.models import RoleGrant
from foundation.accounts.selectors import actor_for
from foundation.tenancy.scope import station_scope


def waiting(organisation: Organisation, showcase: Enterprise, today: dt.date) -> int:
    """Let the security manager of the showcase ask for mediation in its portal. Return how many reports wait."""
    grants = RoleGrant.objects.select_related("user").filter(
        bureau=organisation.bureau, enterprise_id=showcase.pk, role=Role.SECURITY_MANAGER, revoked_at=None
    )
    grant = grants.order_by("pk").first()
    actor = actor_for(user=grant.user, grant_id=grant.pk) if grant else None
    if actor is None:
        return 0
    with station_scope(actor.scope()):
        report_dispute(
            actor=actor,
            enterprise_id=showcase.pk,
            about=ReportAbout.MEDIATION,
            kind="wages",
            said="外包的搬运班组十二人反映五月、六月的加班费没有结清，今天上午在厂门口等候答复，情绪平稳。请派出所组织双方谈一次。",
            people=12,
            amount=Decimal(36000),
            happened_on=today - dt.timedelta(days=4),
            contact="马振华",
            phone="13900000218",
        )
    return 1
