"""QR codes at the doors of the demo's enterprises, check-ins of its recent inspections, and officers who are somewhere now."""

import datetime as dt
import secrets
from collections.abc import Iterable

from django.utils import timezone

from demo.register import random_for
from enterprises.models import Enterprise
from foundation.accounts.choices import STATION_ROLES
from foundation.accounts.models import User
from inspections.checkins.choices import Ended, Purpose
from inspections.checkins.models import CheckIn, DoorSign
from inspections.checkins.operations import CODE_BYTES
from inspections.choices import InspectionKind
from inspections.models import CheckRecord

SINCE = dt.timedelta(days=60)
SINCE_MINUTES = 25  # how long those who are there now have been
BATCH_ROWS = 2_000
PURPOSES = {
    InspectionKind.SPECIAL: Purpose.SPECIAL,
    InspectionKind.REINSPECTION: Purpose.REINSPECTION,
}


def signs(enterprises: Iterable[Enterprise]) -> int:
    """Make the QR codes. Return how many."""
    rows = [
        DoorSign(enterprise=each, station_id=each.station_id, code=secrets.token_urlsafe(CODE_BYTES))
        for each in enterprises
    ]
    return len(DoorSign.objects.bulk_create(rows, batch_size=BATCH_ROWS))


def past(bureau_id: int, today: dt.date) -> int:
    """Check in the officers of the inspections by checklist of the last weeks. Return how many there are."""
    records = CheckRecord.objects.filter(
        enterprise__bureau_id=bureau_id,
        inspection__inspected_on__range=(today - SINCE, today - dt.timedelta(1)),
    ).select_related("inspection", "enterprise")
    rows = []
    for number, record in enumerate(records.order_by("pk")):
        inspection = record.inspection
        rng = random_for("check-in", record.enterprise.external_id, inspection.inspected_on.isoformat())
        arrived = timezone.make_aware(
            dt.datetime.combine(inspection.inspected_on, dt.time(rng.randrange(9, 17), rng.randrange(60)))
        )
        is_known = rng.random() > 0.05  # some forget to check out, and record in the evening
        rows.append(
            CheckIn(
                enterprise_id=record.enterprise_id,
                station_id=record.station_id,
                purpose=PURPOSES.get(InspectionKind(inspection.kind), Purpose.PLANNED),
                approval=f"{inspection.inspected_on.month}月检查计划第{number % 40 + 1}项",
                officers=record.officers,
                arrived_at=arrived,
                is_late=rng.random() < 0.04,
                recorded_by_id=record.officers[0]["id"],
                ended=Ended.INSPECTED,
                left_at=arrived + dt.timedelta(minutes=rng.randrange(25, 100)) if is_known else None,
                inspection=inspection,
            )
        )
    return len(CheckIn.objects.bulk_create(rows, batch_size=BATCH_ROWS))


def there_now(enterprise: Enterprise) -> int:
    """Check two officers of the station in at an enterprise, a few minutes ago. Return how many check-ins there are."""
    people = User.objects.filter(
        grants__station_id=enterprise.station_id, grants__role__in=STATION_ROLES, grants__revoked_at=None
    ).exclude(police_number="")
    now = timezone.now()
    two = list(people.distinct().order_by("pk")[:2])
    officers = [{"id": each.pk, "name": str(each), "police_number": each.police_number} for each in two]
    CheckIn.objects.create(
        enterprise=enterprise,
        station_id=enterprise.station_id,
        purpose=Purpose.VISIT,
        approval="所长周五例会",
        officers=officers,
        # it was this morning already, however early the demo is made
        arrived_at=max(
            now - dt.timedelta(minutes=SINCE_MINUTES),
            timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0),
        ),
        recorded_by_id=two[0].pk if two else 0,
    )
    return 1
