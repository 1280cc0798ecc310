"""The correction of a dispute, in whose texts the persons stay masked."""

from typing import Any

from disputes.kinds import kind_label, offered_kinds
from disputes.people.masking import OWN_WORDS, masked, restored_at
from disputes.people.selectors import names_to_mask
from facts.staff.forms import CorrectionForm
from foundation.accounts.actors import Actor
from foundation.ui.forms import choices_of


class DisputeCorrectionForm(CorrectionForm):
    """A dispute with new content. What people said is shown masked; where nobody changed a mask, the text keeps what it hides."""

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, actor=actor, **options)
        if "kind" in self.fields and self.instance.kind not in dict(offered_kinds()):
            kind = choices_of(self, "kind")
            kind.choices = [*offered_kinds(), (self.instance.kind, kind_label(self.instance.kind))]
        self.people = names_to_mask(actor, self.instance)
        for name in OWN_WORDS:
            if name in self.fields:
                self.initial[name] = masked(getattr(self.instance, name), self.people)

    def values(self) -> dict[str, Any]:
        found = super().values()
        for name in OWN_WORDS:
            if found.get(name):
                found[name] = restored_at(name, found[name], getattr(self.instance, name), self.people)
        return found
