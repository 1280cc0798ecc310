"""Pages that show what people wrote about a dispute: its parties are masked in all of it."""

from collections.abc import Mapping
from typing import Any, cast

from django.http import HttpResponse
from django.utils.functional import cached_property

from disputes.models import Dispute, Party
from disputes.people.masking import masked, masked_page, restored_at
from disputes.people.selectors import masking, names_in, parties_of
from foundation.ui.views import Page


class MaskedPage(Page):
    """Before a view in its bases: minutes, reasons, measures and the log show no party's name, identity number or telephone.

    The texts of the page are masked once it is rendered, so no template can forget it; not what stands in a field of a form. For every page
    about a dispute (``self.record``), or about a row of one, that shows a text that somebody typed.
    """

    def parties_to_mask(self) -> list[Party]:
        """Return the parties of the dispute, also who was taken off: texts still name them. A view that has loaded them returns those."""
        record: Any = self.record  # type: ignore[attr-defined]  # OfRecord, which comes after it
        dispute: Dispute = record if isinstance(record, Dispute) else record.dispute
        return list(parties_of(self.actor, dispute, voided=True))

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        response: Any = super().render_to_response(context, **options)
        people = names_in(self.parties_to_mask())

        def mask(rendered: HttpResponse) -> None:
            rendered.content = masked_page(rendered.content.decode(), people).encode()

        response.add_post_render_callback(mask)
        return cast(HttpResponse, response)


class MaskedForm(MaskedPage):
    """A page with a form. A field begins with the masked text; what its masks hide is put back when it is sent."""

    @cached_property
    def parties(self) -> list[Party]:
        """The parties of the dispute, loaded once."""
        return super().parties_to_mask()

    def parties_to_mask(self) -> list[Party]:
        return self.parties

    def masked(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return values of a form with the parties masked in its texts."""
        people = masking(self.parties)
        return {
            name: masked(value, people) if isinstance(value, str) else value for name, value in values.items()
        }

    def restored(self, values: Mapping[str, Any], stored: Mapping[str, Any]) -> dict[str, Any]:
        """Return what was typed over masked texts, with what their masks hide. Raise ValidationError at a mask that would be stored."""
        people = masking(self.parties)
        return {
            name: restored_at(name, value, stored[name], people)
            if isinstance(value, str) and isinstance(stored.get(name), str)
            else value
            for name, value in values.items()
        }
