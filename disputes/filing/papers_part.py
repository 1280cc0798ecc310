"""The papers about a dispute on its page: agreement, minutes, letters, receipts, requests to the court."""

from collections.abc import Mapping
from typing import Any

from disputes.models import Dispute
from disputes.parts import Of, Part, register
from foundation.accounts.actors import Actor
from foundation.contributions.audit import kind_of_model
from papers.selectors import papers_of


@register
class PapersPart(Part):
    """Every numbered paper about the dispute and the files merged into it, the latest first."""

    code, order, column = "papers", 60, "side"
    template = "disputes/_papers.html"

    def load(self, actor: Actor, dispute: Dispute) -> Any:
        kind = kind_of_model(Dispute).code
        return papers_of(actor, enterprise_id=dispute.enterprise_id, kind=kind, ids=dispute.file_ids)

    def panel(self, of: Of) -> Mapping[str, Any] | None:
        found = of.loaded[self.code]
        return {"papers": found} if found else None
