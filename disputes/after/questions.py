"""What follow-ups ask, as the program proposes it."""

from collections.abc import Mapping
from functools import cache

from django.utils.translation import gettext_lazy as _

from disputes.choices import FollowUpWay
from foundation.words import Words, in_all_languages

QUESTIONS: Mapping[str, Words] = {
    FollowUpWay.VISIT: _("See on the spot whether what was agreed is kept"),
    FollowUpWay.CALL: _("Ask each side whether what was agreed is kept"),
    FollowUpWay.SURVEY: _("Has what was agreed been kept, and are you satisfied?"),
}


def asked(question: str) -> str:
    """Return a question in the reader's language if it is one of the proposed, and anything else as it was typed."""
    return str(_proposed().get(question, question))


@cache
def _proposed() -> Mapping[str, Words]:
    """Return the proposed questions by their text in each language: a plan keeps it as its officer read it."""
    return {text: words for words in QUESTIONS.values() for text in in_all_languages(words)}
