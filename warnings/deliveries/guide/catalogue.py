"""The codes in messages and what they mean, read from the standards by which the bureau rates."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from foundation.accounts.actors import Actor
from ratings.operations.standards import shipped_standards
from ratings.selectors import adopted_standard
from ratings.standards.parsing import book_of, book_or_none

LOSSES = (
    ("full", _("All points.")),
    ("lost", _("Points were lost.")),
    ("no_evidence", _("Points were lost because nothing was recorded.")),
    ("not_applicable", _("Does not apply to this enterprise, and does not count.")),
)


def codes_for(actor: Actor | None) -> dict[str, Any]:
    """Return the codes of the standard that the actor's bureau rates by; without one, of the standard that is shipped."""
    standard = adopted_standard(actor) if actor is not None and actor.bureau_id else None
    book = book_or_none(standard.body) if standard else None
    name = f"{standard.code} {standard.version}" if standard else "default"
    if book is None:
        book, name = book_of(shipped_standards()["default"]), "default"
    return {
        "losses": LOSSES,
        "standard": name,
        "adopted": standard is not None,
        "groups": book.groups,
        "decisions": [(code, words) for code, words in book.decisions().items() if code],
    }
