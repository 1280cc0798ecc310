"""The picker for an item of a checklist, by its code or the words of what is asked."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from foundation.accounts.actors import Actor
from foundation.identifiers import folded
from foundation.ui.filters import remembered_names
from foundation.ui.pickers import Choice, PickerInput
from foundation.ui.views import Picker
from inspections.access import Permission
from inspections.checklists.content import together
from inspections.checklists.publishing import versions_in_force

MOST_FOUND = 20


def questions_named(actor: Actor, codes: Sequence[str]) -> list[Choice]:
    """Return items of the checklists in force by their codes; what no list asks any more is left out. Two queries."""
    known = {each.value: each for each in _questions(actor)}
    return [known[each] for each in codes if each in known]


def question_input(actor: Actor) -> PickerInput:
    """Return the widget for an item of a checklist. A code that no list asks any more can be typed."""
    named = remembered_names(lambda codes: questions_named(actor, codes))
    return PickerInput("inspections:pick_question", named, free=True, placeholder=_("Words or code"))


def _questions(actor: Actor) -> list[Choice]:
    content = together(each.content for each in versions_in_force(actor).values())
    return [
        Choice(each.code, f"{each.code} {each.words}", section.words)
        for section in content.sections
        for each in section.questions
    ]


class QuestionPicker(Picker):
    """Items of the checklists that are in force, in their order."""

    permission = Permission.VIEW_INSPECTIONS

    def find(self, text: str) -> list[Choice]:
        wanted = folded(text)
        found = [each for each in _questions(self.actor) if wanted in folded(f"{each.text} {each.note}")]
        return found[:MOST_FOUND]

    def named(self, values: Sequence[str]) -> list[Choice]:
        return questions_named(self.actor, values)
