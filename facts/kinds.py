"""Declaring a kind of fact to the audit log: what every kind has, and the acts of its life."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from facts.lives import Life
from facts.models import Fact
from foundation.contributions.audit import Action, Kind, Words, register


def register_kind(
    code: str, model: type[Fact], *, life: Life[Any] | None = None, formerly: str = "", verb: str = ""
) -> None:
    """Declare a kind of fact. Its acts are recording, correcting, voiding, bringing in many, and those of its life.

    ``formerly`` is the model's label in entries of earlier versions, ``verb`` what their actions began with where
    that is not the code.
    """

    def act(name: str, words: Words, icon: str = "point", tone: str = "") -> Action:
        old = (f"{verb}.{name}",) if verb else ()
        return Action(f"{code}.{name}", words, icon, tone, names_no_kind=True, formerly=old)

    register(
        Kind(
            code,
            model,
            formerly=(formerly,) if formerly else (),
            labels={"voided_at": _("Voided"), "void_reason": _("Reason"), "records": _("Number")},
        ),
        act("create", _("Recorded"), "plus"),
        act("correct", _("Corrected"), "pencil", "yellow"),
        act("void", _("Voided"), "ban", "red"),
        act("create_many", _("Recorded in one go")),
        *(act(each.code, each.past, each.icon, each.hue) for each in (life.acts.values() if life else ())),
    )
