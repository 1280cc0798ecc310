"""What departments say of an enterprise, in its file."""

from typing import Any

from deliveries import answers
from enterprises.models import Enterprise
from foundation.contributions.file import Panel, register
from foundation.requests import Request, required_actor


def _said(request: Request, enterprise: Enterprise, _known: dict[str, Any]) -> dict[str, Any] | None:
    """Return what departments said, oldest first; None leaves the panel out."""
    said = answers.about(required_actor(request), enterprise.pk)
    return {"said": said[::-1], "with_department": True} if said else None


register(Panel("departments", "rating", 25, "deliveries/file_said.html", _said))
