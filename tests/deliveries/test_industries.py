"""The sections of industries in forms are in the language of whoever reads them, whoever asked first."""

import pytest
from django.utils import translation

from deliveries.department.colour_filter import ColourFilter
from deliveries.staff.forms import SubscriptionForm


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_sections_are_in_the_readers_language(language: str) -> None:
    first = {"en": "A · Agriculture, forestry, animal husbandry, fishery", "zh-hans": "A · 农、林、牧、渔业"}
    with translation.override(language):
        ticks = SubscriptionForm.base_fields["sections"].choices
        assert dict(ticks)["A"] == first[language]
        chosen = ColourFilter.base_filters["section"].extra["choices"]
        assert dict(chosen() if callable(chosen) else chosen)["A"] == first[language]
