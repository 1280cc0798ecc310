"""What a simulation says in sentences."""

from decimal import Decimal

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ratings.explain import wording
from ratings.simulate.simulating import Obstacle, Simulation, Task

SHOWN = 3  # losses; the dearest say enough


def obstacle_sentences(simulation: Simulation) -> list[str]:
    """Why the next colour is out of reach, one sentence for each thing that stands in the way."""
    obstacle = simulation.obstacle
    if obstacle is None:
        return []
    told = [_sentence(simulation, obstacle, code) for code in obstacle.codes]
    if "" in obstacle.codes and obstacle.lost:
        lost = pgettext("list", "; ").join(
            f"{loss.code} {loss.label} −{wording.plain(_tenth(loss.points))}"
            for loss in obstacle.lost[:SHOWN]
        )
        told.append(_("Lost for this quarter: %(lines)s.") % {"lines": lost})
    if obstacle.possible_from:
        said = {
            "yellow": _("Yellow is possible from %(quarter)s."),
            "green": _("Green is possible from %(quarter)s."),
        }
        told.append(said[obstacle.colour] % {"quarter": obstacle.possible_from})
    return told


def _sentence(simulation: Simulation, obstacle: Obstacle, code: str) -> str:
    book = simulation.book
    if not code:
        if obstacle.score is None:
            return _("Nothing is applicable this quarter.")
        return _("Everything together gives %(score)s of the %(needed)s points it takes.") % {
            "score": wording.plain(obstacle.score),
            "needed": wording.plain(obstacle.needed),
        }
    words = {"code": code, "words": book.label(code)}
    if code in {each.code for each in book.vetoes}:
        return _("Veto %(code)s, %(words)s: red until it is lifted.") % words
    if code in {each.code for each in book.ceilings}:
        return _("Ceiling %(code)s, %(words)s: at most yellow.") % words
    if code == "M1":
        return _("Up goes one step a quarter.")
    return _("%(words)s (%(code)s).") % {"code": code, "words": capfirst(words["words"])}


def lifted(simulation: Simulation, task: Task) -> str:
    """What a task lifts besides its points; empty where it lifts nothing."""
    labels = pgettext("list", "; ").join(f"{code} {simulation.book.label(code)}" for code in task.lifts)
    return _("Then no longer: %(what)s") % {"what": labels} if labels else ""


def _tenth(points: Decimal) -> Decimal:
    return points.quantize(Decimal("0.1"))
