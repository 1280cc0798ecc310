"""What the pickers of the register answer: industries, areas, streets, enterprises."""

from collections.abc import Sequence

from enterprises import areas, industries, pickers, selectors
from enterprises.access import Permission
from foundation.accounts.selectors import is_called
from foundation.identifiers import compact, folded
from foundation.ui.pickers import Choice, names
from foundation.ui.views import Picker

MOST_FOUND = 12


class IndustryPicker(Picker):
    """Industries of GB/T 4754, level by level or by word, code and pinyin."""

    permission = Permission.VIEW_ENTERPRISES

    def find(self, text: str) -> list[Choice]:
        return [pickers.industry_choice(each) for each in industries.table().search(text)]

    def named(self, values: Sequence[str]) -> list[Choice]:
        return pickers.industries_named([each for each in values if industries.is_industry(compact(each))])


class AreaPicker(Picker):
    """Areas of GB/T 2260; first those where the actor's enterprises are."""

    permission = Permission.VIEW_ENTERPRISES

    def find(self, text: str) -> list[Choice]:
        found = areas.table().search(text)
        if not text:
            used = [each for each in selectors.areas_in_use(self.actor) if areas.is_area(each)]
            found = list(dict.fromkeys([*used, *found]))
        return [pickers.area_choice(each) for each in found]

    def named(self, values: Sequence[str]) -> list[Choice]:
        return [pickers.area_choice(each) for each in values if areas.is_area(each)]


class StreetPicker(Picker):
    """The streets of the enterprises that the actor sees; first those of the area beside (``beside``)."""

    permission = Permission.VIEW_ENTERPRISES

    def find(self, text: str) -> list[Choice]:
        found = selectors.streets_in_use(self.actor, text, area=self.request.GET.get("beside", ""))
        return [Choice(street, street, areas.area_name(area)) for street, area in found]

    def named(self, values: Sequence[str]) -> list[Choice]:
        known = dict(selectors.streets_in_use(self.actor))
        return [Choice(each, each, areas.area_name(known[each])) for each in values if each in known]


class EnterprisePicker(Picker):
    """Enterprises by name, pinyin, code or address."""

    permission = Permission.VIEW_ENTERPRISES

    def find(self, text: str) -> list[Choice]:
        if not text:
            return []
        rows = selectors.matching(self.actor, selectors.visible(self.actor), text)
        return [pickers.enterprise_choice(each) for each in rows.order_by("sort_key", "id")[:MOST_FOUND]]

    def named(self, values: Sequence[str]) -> list[Choice]:
        return [pickers.enterprise_choice(each) for each in selectors.with_ids(self.actor, values)]


class OfficerPicker(Picker):
    """Names of the officers of the actor's stations."""

    permission = Permission.VIEW_ENTERPRISES

    def find(self, text: str) -> list[Choice]:
        officers = [str(each.full_name) for each in selectors.list_officers(self.actor)]
        found = dict.fromkeys(each for each in officers if is_called(each, folded(text)))
        return [Choice(each, each) for each in list(found)[:MOST_FOUND]]

    def named(self, values: Sequence[str]) -> list[Choice]:
        return names(values)


class LiaisonPicker(Picker):
    """The officers of the actor's stations, by their ids."""

    permission = Permission.VIEW_ENTERPRISES

    def find(self, text: str) -> list[Choice]:
        typed = folded(text)
        found = [
            each for each in selectors.list_officers(self.actor) if is_called(str(each.full_name), typed)
        ]
        return pickers.officer_choices(self.actor, found[:MOST_FOUND])

    def named(self, values: Sequence[str]) -> list[Choice]:
        return pickers.officers_by_id(self.actor, values)
