"""What the form of an enterprise notices while somebody types: twins, and what an address says."""

from typing import Any

from django.views.generic import TemplateView

from enterprises import selectors
from enterprises.access import Permission
from enterprises.addresses import Place, place_of
from enterprises.areas import area_name
from enterprises.selectors import MOST_STREETS
from enterprises.twins import twins
from foundation.ui.views import Page


class Twins(Page, TemplateView):
    """Entries that the form of a new enterprise may repeat (htmx)."""

    permission = Permission.REGISTER_ENTERPRISES
    template_name = "enterprises/_twins.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        typed = {
            name: self.request.GET.get(name, "").replace("\x00", "")[:300]
            for name in ("name", "credit_code", "address")
        }
        return super().get_context_data(twins=twins(self.actor, **typed), **context)


class ReadAddress(Page, TemplateView):
    """The area and the street that an address names (htmx)."""

    permission = Permission.REGISTER_ENTERPRISES
    template_name = "enterprises/_place.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        address = self.request.GET.get("address", "").replace("\x00", "")[:300]
        place = Place()
        if address.strip():
            near = selectors.areas_in_use(self.actor)
            streets = [street for street, _area in selectors.streets_in_use(self.actor, limit=MOST_STREETS)]
            place = place_of(address, near=near, streets=streets)
        read = {"division_code": place.area, "street": place.street}
        return super().get_context_data(
            read={name: value for name, value in read.items() if value},
            area=area_name(place.area),
            street=place.street,
            **context,
        )
