"""A station with a letterhead, and a folder of its own for files."""

from pathlib import Path
from typing import Any

import pytest

from foundation.attachments import files
from inspections.models import Hazard
from tests.factories import EnterpriseFactory, HazardFactory, LetterheadFactory
from tests.facts.people import ago, ahead
from tests.fixtures import City


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, settings: Any) -> Path:
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {
        **settings.STORAGES,
        files.ALIAS: {"BACKEND": backend, "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


@pytest.fixture
def hazard(city: City) -> Hazard:
    LetterheadFactory(bureau=city.bureau, station=city.first)
    enterprise = EnterpriseFactory(station=city.first, name="甲&乙 ‹测试> 有限公司")
    found: Hazard = HazardFactory(
        enterprise=enterprise,
        item="灭火器过期",
        place="仓库",
        found_on=ago(3),
        due_on=ahead(9),
        found_by="周志远",
    )
    return found
