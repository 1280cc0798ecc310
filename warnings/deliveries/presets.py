"""Ready-made choices of what a subscription sends: everything, what turned red, what got worse or better."""

from collections.abc import Iterable, Mapping

from django.utils.translation import gettext_lazy as _

EVERYTHING, OWN = "all", "own"
TURNED_RED, GOT_WORSE, GOT_BETTER = "red", "worse", "better"
PRESETS: Mapping[str, tuple[str, ...]] = {
    EVERYTHING: (),
    TURNED_RED: ("*>red",),
    GOT_WORSE: ("green>red", "green>yellow", "yellow>red"),
    GOT_BETTER: ("red>green", "red>yellow", "yellow>green"),
}
COVERS = [
    (TURNED_RED, _("Turned red: from any other colour, or rated red for the first time")),
    (GOT_WORSE, _("Got worse: from green or yellow to a lower colour")),
    (GOT_BETTER, _("Got better: from red or yellow to a higher colour")),
    (EVERYTHING, _("Everything: every rating of each quarter, changed or not")),
    (OWN, _("My own choice of colours and changes")),
]


def cover_of(colours: Iterable[str], transitions: Iterable[str]) -> str:
    """Return the choice that these filters are, ``own`` if they are none of the ready-made ones."""
    chosen = tuple(sorted(transitions))
    if list(colours):
        return OWN
    return next((code for code, steps in PRESETS.items() if steps == chosen), OWN)
