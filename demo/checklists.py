"""What the inspections of the last months answered by their checklists; what failed are the hazards that they found."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import asdict

from demo.register import random_for
from enterprises.models import Enterprise
from foundation.accounts.models import User
from foundation.contributions.limits import names_in
from inspections.checklists.answering import summed_up
from inspections.checklists.choosing import lists_for
from inspections.checklists.content import Answered, ListKind
from inspections.checklists.content import together as joined
from inspections.checklists.publishing import SHIPPED_NUMBER
from inspections.checklists.shipped import shipped
from inspections.choices import ASKS_FOR_RECTIFICATION, InspectionKind
from inspections.models import CheckedItem, CheckRecord, Hazard, Inspection

SINCE = dt.timedelta(days=190)
BATCH_ROWS = 2_000
# the item of the checklist that each finding of the demo fails
FAILS = {
    "视频监控存储不足30天": "B06",
    "入侵报警装置失灵": "B01",
    "值班记录缺失": "F01",
    "外来人员车辆未登记": "A08",
    "重要部位门锁损坏": "C01",
    "围墙破损可翻越": "B08",
    "保安员无证上岗": "E01",
    "消防通道堵塞": "F02",
    "监控盲区": "B03",
    "防护器材不足": "D03",
    "大额现金存放超限": "F05",
    "一键报警装置未联网": "H03",
    "危险物品双人双锁未落实": "G02",
    "危险物品流向登记不全": "G04",
}


def answer(inspections: Iterable[Inspection], hazards: Iterable[Hazard], today: dt.date) -> int:
    """Write the answers of recent inspections that were made from the checklists. Return of how many."""
    found: dict[int, list[Hazard]] = {}
    for hazard in hazards:
        if hazard.inspection_id:
            found.setdefault(hazard.inspection_id, []).append(hazard)
    checked = [
        each
        for each in inspections
        if each.inspected_on >= today - SINCE
        and each.kind != InspectionKind.REINSPECTION
        and len(names_in(each.inspectors)) > 1
        and (each.conclusion not in ASKS_FOR_RECTIFICATION or each.pk in found)
    ]
    numbers = dict(User.objects.exclude(police_number="").values_list("full_name", "police_number"))
    ids = dict(User.objects.filter(full_name__in=numbers).values_list("full_name", "pk"))
    records: list[CheckRecord] = []
    items: list[CheckedItem] = []
    for inspection in checked:
        kinds = lists_for(inspection.enterprise)
        of = {
            "inspection": inspection,
            "enterprise_id": inspection.enterprise_id,
            "station_id": inspection.station_id,
        }
        mine = list(_items(inspection, kinds, found.get(inspection.pk, []), of))
        items += mine
        records.append(
            CheckRecord(
                **of,
                **summed_up([each.question for each in mine], {each.code: each.answer for each in mine}),
                lists=[{"kind": kind, "number": SHIPPED_NUMBER} for kind in kinds],
                officers=[
                    {"id": ids.get(name, 0), "name": name, "police_number": numbers.get(name, "")}
                    for name in names_in(inspection.inspectors)
                ],
                certificate_shown=True,
                camera=f"{random_for('camera', inspection.enterprise.external_id).randrange(1, 60):04}",
            )
        )
    CheckRecord.objects.bulk_create(records, batch_size=BATCH_ROWS)
    CheckedItem.objects.bulk_create(items, batch_size=BATCH_ROWS)
    return len(records)


def _items(
    inspection: Inspection, kinds: list[ListKind], hazards: list[Hazard], of: dict[str, object]
) -> Iterator[CheckedItem]:
    failed = {FAILS[each.item]: each for each in hazards if each.item in FAILS}
    enterprise: Enterprise = inspection.enterprise
    rng = random_for("answers", enterprise.external_id, inspection.inspected_on.isoformat())
    content = joined(map(shipped, kinds))
    asked = [(section, each) for section in content.sections for each in section.questions]
    for place, (section, question) in enumerate(asked):
        hazard = failed.get(question.code)
        skipped = not hazard and not question.critical and rng.random() < 0.04
        yield CheckedItem(
            **of,
            place=place,
            section=section.name,
            section_en=section.name_en,
            code=question.code,
            asked=asdict(question),
            answer=Answered.FAIL if hazard else Answered.NOT_APPLICABLE if skipped else Answered.PASS,
            note=hazard.place if hazard else "",
            hazard_id=hazard.pk if hazard else None,
        )
