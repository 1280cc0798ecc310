"""The list of inspections, where it follows the index of its order: the same rows, page by page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from foundation.ui.views.lists import rows as lists
from tests.factories import CheckRecordFactory, EnterpriseFactory, InspectionFactory, LiaisonFactory
from tests.facts.people import ago, officer
from tests.fixtures import City

LIST = "inspections:inspections"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"failed": "A01"}, [2, 0]),
        ({"checked": "A02"}, [4, 2]),
        ({"section": "C"}, [3, 2, 1, 0]),
        ({"inspector": "Li Wei"}, [0]),
        ({"liaison": "none"}, [4]),
        ({"failed": "A01", "sort": "inspected_on"}, [0, 2]),
    ],
)
def test_a_page_of_very_many_rows(
    asked: dict[str, str],
    found: list[int],
    city: City,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    factory = EnterpriseFactory(station=city.first, industry_code="C1311")
    shop = EnterpriseFactory(station=city.first, industry_code="F5211")
    LiaisonFactory(enterprise=factory)
    names = ("Li Wei", "Wang", "Wang", "Wang")
    made = [
        InspectionFactory(enterprise=factory, inspected_on=ago(9 - n), inspectors=name)
        for n, name in enumerate(names)
    ]
    made.append(InspectionFactory(enterprise=shop, inspected_on=ago(1)))
    for n, failed, passed in ((0, ["A01"], []), (2, ["A01"], ["A02"]), (3, ["B02"], []), (4, [], ["A02"])):
        record = {"enterprise": made[n].enterprise, "inspection": made[n]}
        CheckRecordFactory(**record, failed=failed, passed=passed)
    person = officer(city.first)

    def shown() -> tuple[list[int], bool]:
        with CaptureQueriesContext(connection) as statements:
            page = person.client.get(reverse(LIST), asked)
        rows = [row.record.pk for row in page.context["table"].paginated_rows]
        return rows, any("enable_sort" in each["sql"] for each in statements)

    expected = [made[n].pk for n in found]
    assert shown() == (expected, False)
    monkeypatch.setattr(lists, "COUNT_TO", 1)
    assert shown() == (expected, "sort" not in asked)
