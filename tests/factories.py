"""One factory for each model.

The system writes a row in the scope it belongs to, so tests need no scope for their setup; what a test reads or
does then runs in the scope that it opens itself.
"""

import datetime as dt
import uuid
from functools import cache
from importlib import import_module
from typing import Any, ClassVar

import factory
from django.contrib.auth.hashers import get_hasher, make_password
from django.db import models
from django.utils.module_loading import module_has_submodule
from factory.django import DjangoModelFactory

from deliveries.models import (
    Answer,
    Attempt,
    Event,
    Exchange,
    Receipt,
    SnapshotPart,
    Subscription,
    TestEvent,
    Wish,
)
from deliveries.sealing import new_secret, seal
from disputes.models import (
    Agreement,
    AgreementSignature,
    Appointment,
    Breach,
    Confirmation,
    Dispute,
    DisputeSide,
    EnterpriseReport,
    FollowUp,
    Instalment,
    KindOfDispute,
    MediationSession,
    Offer,
    Party,
    Payment,
    RiskMeasure,
    RiskReview,
    Screening,
    SessionDocument,
    TeamMember,
    Way,
    WayStep,
)
from disputes.people.entries import Entry
from enterprises.models import Custody, Enterprise, Inactivity, Liaison
from enterprises.search_keys import police_text, search_text, sort_key
from facts.models import Attachment, FactStep
from foundation.accounts import access
from foundation.accounts.choices import Role
from foundation.accounts.keys import digest_of
from foundation.accounts.models import (
    ApiKey,
    AuditEntry,
    AuditLink,
    AuditSeal,
    AuditValue,
    Bureau,
    Department,
    FormerPassword,
    Invitation,
    PasswordRequest,
    RoleGrant,
    Session,
    Station,
    User,
)
from foundation.bulk.models import BulkRun
from foundation.database.appending import append
from foundation.deadlines.models import CalendarFeed, LimitChange
from foundation.exports.models import Export, ExportPart
from foundation.field.models import FieldReceipt
from foundation.inbox.models import Notification
from foundation.links.models import SignedLink
from foundation.lists.models import SavedView
from foundation.lots.models import Draw
from foundation.rest.models import StoredAnswer
from foundation.tenancy.scope import NO_STATION, Acting, Audience, Scope, acting, station_scope
from imports.models import Import, ImportedRecord, ImportIssue, Upload, UploadPart, UploadRow
from incidents.models import Incident
from inspections.checkins.models import CheckIn, DoorSign
from inspections.models import (
    Absence,
    AnswerCorrection,
    CheckedItem,
    Checklist,
    CheckRecord,
    Complaint,
    DrawnVisit,
    Escalation,
    FieldPhoto,
    Forgery,
    Hazard,
    HazardCall,
    Inspection,
    ItemList,
    KeyPosition,
    Listing,
    MajorStage,
    Obstruction,
    Penalty,
    PlannedVisit,
    PlanRule,
    Recheck,
    Reply,
    SelfCheck,
    SelfCheckAnswers,
    Signature,
    Signing,
    Submission,
    VisitEscalation,
)
from papers.models import Letterhead, Paper, PaperTemplate, Series, Service, SignedCopy
from ratings.models import Adoption, Evaluation, EvaluationBatch, Rating, Standard
from ratings.operations.standards import shipped_standards
from service.models import Activity

DAY = dt.date(2026, 2, 10)
NOBODY = 1_000_000  # the first id that is given to no account
PASSWORD = "correct-horse-battery"


class Factory(DjangoModelFactory):
    """Writes in the scope of the row's station and bureau."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type[models.Model], *args: Any, **fields: Any) -> models.Model:
        bureau, station = fields.get("bureau"), fields.get("station")
        scope = Scope(
            (station.pk,) if station else NO_STATION,
            bureau=bureau.pk if bureau else station.bureau_id if station else 0,
            audience=Audience.SYSTEM,
        )
        with station_scope(scope):
            return super()._create(model_class, *args, **fields)


# --- directory: readable without a scope ---------------------------------------------------------------------------


class BureauFactory(DjangoModelFactory):
    class Meta:
        model = Bureau

    code = factory.Sequence(lambda number: f"bureau-{number}")
    name = factory.Sequence(lambda number: f"Bureau {number}")


class StationFactory(DjangoModelFactory):
    class Meta:
        model = Station

    bureau = factory.SubFactory(BureauFactory)
    code = factory.Sequence(lambda number: f"station-{number}")
    name = factory.Sequence(lambda number: f"Station {number}")


class DepartmentFactory(DjangoModelFactory):
    class Meta:
        model = Department

    bureau = factory.SubFactory(BureauFactory)
    code = factory.Sequence(lambda number: f"department-{number}")
    name = factory.Sequence(lambda number: f"Department {number}")
    kind = "fire"


@cache
def _hashed_by(_algorithm: str) -> str:
    return make_password(PASSWORD)


def _hashed() -> str:
    """Return one hash for all: hashing is slow by design, a third of a second for each user of each test.

    Some tests set a hasher of their own, which cannot read another's hashes.
    """
    return _hashed_by(get_hasher().algorithm)


class UserFactory(DjangoModelFactory):
    """A user who can log in with ``PASSWORD``."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda number: f"user{number}")
    full_name = factory.Sequence(lambda number: f"Person {number}")
    password = factory.LazyFunction(_hashed)


class RoleGrantFactory(Factory):
    """An officer's role; for another, give ``role`` and the organisations it needs."""

    class Meta:
        model = RoleGrant

    user = factory.SubFactory(UserFactory)
    role = Role.OFFICER
    station = factory.SubFactory(StationFactory)
    bureau = factory.LazyAttribute(lambda row: row.station.bureau if row.station else None)


class InvitationFactory(DjangoModelFactory):
    class Meta:
        model = Invitation

    user = factory.SubFactory(UserFactory)
    token_hash = factory.Sequence(lambda number: f"{number:064x}")
    expires_at = dt.datetime(2036, 1, 1, tzinfo=dt.UTC)


class FormerPasswordFactory(DjangoModelFactory):
    class Meta:
        model = FormerPassword

    user = factory.SubFactory(UserFactory)
    password = "!"


class SessionFactory(DjangoModelFactory):
    class Meta:
        model = Session

    session_key = factory.Sequence(lambda number: f"session{number}")
    expire_date = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
    user = factory.SubFactory(UserFactory)


class PasswordRequestFactory(DjangoModelFactory):
    class Meta:
        model = PasswordRequest

    user = factory.SubFactory(UserFactory)


class NotificationFactory(Factory):
    """A notification of a person in a role: give ``grant``."""

    class Meta:
        model = Notification

    grant = factory.SubFactory(RoleGrantFactory)
    user = factory.SelfAttribute("grant.user")
    bureau = factory.SelfAttribute("grant.bureau")
    code = "hazard.send_back"
    key = factory.Sequence(lambda number: f"key-{number}")
    values = factory.LazyFunction(lambda: {"object": "Blocked exit", "reason": "Still blocked"})


class ExportFactory(Factory):
    """A download of a person in a role: give ``grant``."""

    class Meta:
        model = Export

    grant = factory.SubFactory(RoleGrantFactory)
    user = factory.SelfAttribute("grant.user")
    bureau = factory.SelfAttribute("grant.bureau")
    title = "Enterprises"
    path = "/enterprises/"
    format = "xlsx"
    language = "en"
    digest = factory.Sequence(lambda number: f"digest-{number}")


class BulkRunFactory(Factory):
    """An act on many enterprises by a person in a role: give ``grant``."""

    class Meta:
        model = BulkRun

    grant = factory.SubFactory(RoleGrantFactory)
    user = factory.SelfAttribute("grant.user")
    bureau = factory.SelfAttribute("grant.bureau")
    title = "Enterprises"
    path = "/enterprises/"
    act = "set_class"
    arguments = factory.LazyFunction(lambda: {"key_unit_class": ""})
    language = "en"
    key = factory.Sequence(lambda number: f"key-{number}")


class ExportPartFactory(Factory):
    """A piece of a download's file."""

    class Meta:
        model = ExportPart

    export = factory.SubFactory(ExportFactory)
    grant = factory.SelfAttribute("export.grant")
    user = factory.SelfAttribute("export.user")
    bureau = factory.SelfAttribute("export.bureau")
    number = 0
    data = b"bytes"


class CalendarFeedFactory(Factory):
    """The calendar address of a person in a role: give ``grant``."""

    class Meta:
        model = CalendarFeed

    grant = factory.SubFactory(RoleGrantFactory)
    user = factory.SelfAttribute("grant.user")
    bureau = factory.SelfAttribute("grant.bureau")
    key = factory.Sequence(lambda number: f"{number:032x}")
    language = "en"


class FieldReceiptFactory(Factory):
    """A receipt of what a person's phone sent: give ``grant``."""

    class Meta:
        model = FieldReceipt

    grant = factory.SubFactory(RoleGrantFactory)
    user = factory.SelfAttribute("grant.user")
    bureau = factory.SelfAttribute("grant.bureau")
    key = factory.LazyFunction(uuid.uuid4)
    sha256 = "0" * 64

    @classmethod
    def _create(cls, model_class: type[FieldReceipt], *args: Any, **fields: Any) -> FieldReceipt:
        with station_scope(Scope((0,), grant=fields["grant"].pk, audience=Audience.POLICE)):
            return model_class.objects.create(**fields)


class SavedViewFactory(Factory):
    """A view of a list that a person keeps: give ``grant``."""

    class Meta:
        model = SavedView

    grant = factory.SubFactory(RoleGrantFactory)
    user = factory.SelfAttribute("grant.user")
    bureau = factory.SelfAttribute("grant.bureau")
    station = factory.SelfAttribute("grant.station")
    path = "/enterprises/"
    name = factory.Sequence(lambda number: f"View {number}")
    query = "colour=red"

    @classmethod
    def _create(cls, model_class: type[SavedView], *args: Any, **fields: Any) -> SavedView:
        grant = fields["grant"]
        scope = Scope(
            (grant.station_id or 0,), bureau=grant.bureau_id or 0, grant=grant.pk, audience=Audience.POLICE
        )
        with station_scope(scope):
            return model_class.objects.create(**fields)


class ApiKeyFactory(DjangoModelFactory):
    """A key with the text ``text_of_key(key)``; give ``scopes``, and ``stations`` for an area within the bureau."""

    class Meta:
        model = ApiKey

    department = factory.SubFactory(DepartmentFactory)
    bureau = factory.SelfAttribute("department.bureau")
    title = factory.Sequence(lambda number: f"System {number}")
    prefix = factory.Sequence(lambda number: f"{number:08x}")
    digest = factory.LazyAttribute(lambda row: digest_of(f"anqi_{row.prefix}_{row.prefix * 6}"))
    scopes = factory.LazyFunction(lambda: sorted(access.scopes()))
    stations = factory.LazyFunction(list)
    whole_bureau = factory.LazyAttribute(lambda row: not row.stations)
    expires_at = dt.datetime(2036, 1, 1, tzinfo=dt.UTC)


def text_of_key(key: ApiKey) -> str:
    """Return the text of a key made by ApiKeyFactory."""
    return f"anqi_{key.prefix}_{key.prefix * 6}"


class AuditEntryFactory(Factory):
    """Appends an entry and reads it back as the system, because an append does not return its key."""

    class Meta:
        model = AuditEntry

    actor_name = "system"
    role = "system"
    action = "tests:act"
    object_type = "tests.Object"

    @classmethod
    def _create(cls, model_class: type[AuditEntry], *args: Any, **fields: Any) -> AuditEntry:
        entry = model_class(*args, **fields)
        with acting(Acting(entry.actor_id, entry.actor_name, entry.role)):
            append([entry])
        scope = Scope((entry.station_id or 0,), bureau=entry.bureau_id, audience=Audience.SYSTEM)
        with station_scope(scope):
            return model_class.objects.order_by("-id").first() or entry


class AuditValueFactory(Factory):
    class Meta:
        model = AuditValue

    commitment = factory.Sequence("{:064x}".format)
    salt = "0" * 32
    value = "13800138000"
    object_type = "user"
    object_id = 1

    @classmethod
    def _create(cls, model_class: type[AuditValue], *args: Any, **fields: Any) -> AuditValue:
        value = model_class(*args, **fields)
        append([value])
        return value


class OfSealer(Factory):
    class Meta:
        abstract = True

    number = factory.Sequence(lambda number: number + 1)
    digest = "0" * 64

    @classmethod
    def _create(cls, model_class: type[models.Model], *args: Any, **fields: Any) -> models.Model:
        with station_scope(Scope(audience=Audience.SEALER)):
            append([model_class(*args, **fields)])
            return model_class._default_manager.order_by("-pk").first()


class AuditLinkFactory(OfSealer):
    class Meta:
        model = AuditLink

    bureau_id = 0
    entry_id = factory.SelfAttribute("number")


class AuditSealFactory(OfSealer):
    class Meta:
        model = AuditSeal

    heads: ClassVar[dict[str, Any]] = {}


# --- the register ----------------------------------------------------------------------------------------------------


class EnterpriseFactory(Factory):
    class Meta:
        model = Enterprise

    station = factory.SubFactory(StationFactory)
    bureau = factory.SelfAttribute("station.bureau")
    external_id = factory.Sequence(lambda number: f"E{number}")
    name = factory.Sequence(lambda number: f"Enterprise {number}")
    registered_on = dt.date(2025, 1, 1)
    search_text = factory.LazyAttribute(lambda row: search_text(name=row.name, external_id=row.external_id))
    police_text = factory.LazyAttribute(
        lambda row: police_text(
            legal_representative=getattr(row, "legal_representative", ""), phone=getattr(row, "phone", "")
        )
    )
    sort_key = factory.LazyAttribute(lambda row: sort_key(row.name))


class OfEnterprise(Factory):
    """A row about one enterprise, with the enterprise's station."""

    class Meta:
        abstract = True

    enterprise = factory.SubFactory(EnterpriseFactory)
    station = factory.SelfAttribute("enterprise.station")


class CustodyFactory(OfEnterprise):
    class Meta:
        model = Custody

    held_by_station = factory.SubFactory(StationFactory, bureau=factory.SelfAttribute("..station.bureau"))
    until_on = DAY
    reason = "The area was divided anew."


class InactivityFactory(OfEnterprise):
    class Meta:
        model = Inactivity

    kind = "closed"  # a department may not read a suspension
    from_on = DAY


class LiaisonFactory(OfEnterprise):
    class Meta:
        model = Liaison

    officer = factory.LazyAttribute(lambda row: RoleGrantFactory(station=row.station).user)
    from_on = DAY


# --- facts -----------------------------------------------------------------------------------------------------------


class FactStepFactory(OfEnterprise):
    class Meta:
        model = FactStep

    kind = "hazard"
    record_id = 1
    act = "close"
    on = DAY


class AttachmentFactory(OfEnterprise):
    class Meta:
        model = Attachment

    kind = "hazard"
    record_id = 1
    name = "gate.jpg"
    content_type = "image/jpeg"
    size = 1
    key = factory.Sequence(lambda number: f"0/{number}")
    sha256 = received_sha256 = factory.Sequence(lambda number: f"{number:064x}")


class LetterheadFactory(Factory):
    class Meta:
        model = Letterhead

    bureau = factory.SubFactory(BureauFactory)
    station = factory.SubFactory(StationFactory, bureau=factory.SelfAttribute("..bureau"))
    authority = "清河市公安局东江分局"
    abbreviation = "东公（开）"
    telephone = "8555 0186"
    review_by = "东江区人民政府"
    court = "东江区人民法院"


class SeriesFactory(Factory):
    class Meta:
        model = Series

    bureau = factory.SubFactory(BureauFactory)
    station = factory.SubFactory(StationFactory, bureau=factory.SelfAttribute("..bureau"))
    form = "rectification-order"
    year = 2026
    last = 1


class PaperTemplateFactory(Factory):
    class Meta:
        model = PaperTemplate

    bureau = factory.SubFactory(BureauFactory)
    form = "rectification-order"
    version = factory.Sequence(lambda number: number % 30_000 + 2)
    key = factory.Sequence(lambda number: f"papers/0/{number}")
    sha256 = "0" * 64
    note = "Another seal"


class PaperFactory(OfEnterprise):
    """A paper that its enterprise's own station issued. Its data fill no template."""

    class Meta:
        model = Paper

    issued_by_station_id = factory.SelfAttribute("station.pk")
    form = "rectification-order"
    year = 2026
    number = factory.Sequence(lambda number: number + 1)
    number_text = factory.LazyAttribute(lambda row: f"东公（开）限字〔{row.year}〕{row.number}号")
    enterprise_name = factory.SelfAttribute("enterprise.name")
    records = factory.LazyFunction(lambda: {"hazard": [1]})
    data = factory.LazyFunction(dict)
    data_sha256 = data_sm3 = template_sha256 = "0" * 64
    template = "shipped/1"
    template_version = 1
    issued_on = DAY


class ServiceFactory(OfEnterprise):
    class Meta:
        model = Service

    paper = factory.SubFactory(PaperFactory, enterprise=factory.SelfAttribute("..enterprise"))
    way = "direct"
    served_on = DAY


class SignedCopyFactory(OfEnterprise):
    class Meta:
        model = SignedCopy

    paper = factory.SubFactory(PaperFactory, enterprise=factory.SelfAttribute("..enterprise"))
    name = "signed.pdf"
    content_type = "application/pdf"
    size = 1
    sha256 = factory.Sequence(lambda number: f"{number:064x}")


class SubmissionFactory(OfEnterprise):
    class Meta:
        model = Submission

    record_id = factory.Sequence(lambda number: number + 1)


class HazardCallFactory(OfEnterprise):
    class Meta:
        model = HazardCall

    record_id = factory.Sequence(lambda number: number + 1)
    spoke_with = "Manager Ma"
    said = "He opens it today."


class KeyPositionFactory(OfEnterprise):
    class Meta:
        model = KeyPosition

    name = factory.Sequence(lambda number: f"Warehouse {number + 1}")
    kind = "store"


class SelfCheckAnswersFactory(OfEnterprise):
    class Meta:
        model = SelfCheckAnswers

    record_id = factory.Sequence(lambda number: number + 1)


class DoorSignFactory(OfEnterprise):
    class Meta:
        model = DoorSign

    code = factory.Sequence(lambda number: f"code-at-the-door-{number:05d}")


class CheckInFactory(OfEnterprise):
    class Meta:
        model = CheckIn

    purpose = "planned"
    arrived_at = dt.datetime(2026, 3, 2, 9, 0, tzinfo=dt.UTC)
    officers = factory.LazyFunction(lambda: [{"id": 1, "name": "Li Wei", "police_number": "110001"}])


class ItemListFactory(Factory):
    class Meta:
        model = ItemList

    bureau = factory.SubFactory(BureauFactory)
    number = factory.Sequence(lambda number: number + 2)
    items = factory.LazyFunction(lambda: [{"code": "A01", "name": "Exit locked"}])
    reason = "Burglaries"


class DrawFactory(Factory):
    """A pool that the bureau has frozen and not drawn from; it concerns no station."""

    class Meta:
        model = Draw

    station = None
    bureau = factory.LazyAttribute(lambda row: row.station.bureau if row.station else BureauFactory())
    kind = "rechecks"
    criteria = factory.LazyFunction(lambda: {"since": "2026-01-01", "until": "2026-03-31"})
    terms = factory.LazyFunction(lambda: {"person": 0, "person_name": "Li", "due_on": "2026-04-10"})
    take = 1
    pool = factory.LazyFunction(lambda: [[1, "Exit locked"], [2, "Alarm dead"]])
    digest = "0" * 64
    frozen_by = "Supervisor Sun"


class RecheckFactory(OfEnterprise):
    class Meta:
        model = Recheck

    record_id = factory.Sequence(lambda number: number + 1)
    draw_id = 1
    due_on = DAY


class DrawnVisitFactory(OfEnterprise):
    class Meta:
        model = DrawnVisit

    draw_id = 1
    officer_id = factory.Sequence(lambda number: NOBODY + number)
    officer_name = "Officer Qian"
    drawn_on = due_on = DAY


class PlannedVisitFactory(OfEnterprise):
    """A visit by the cycle on a day of the past, that the chief has not decided about."""

    class Meta:
        model = PlannedVisit

    source = "cycle"
    since_on = on = approve_by = DAY
    officer_id = factory.Sequence(lambda number: NOBODY + 2 * number)
    second_id = factory.Sequence(lambda number: NOBODY + 2 * number + 1)
    officer_name, second_name = "Officer Qian", "Officer Sun"


class AbsenceFactory(Factory):
    class Meta:
        model = Absence

    station = factory.SubFactory(StationFactory)
    bureau = factory.LazyAttribute(lambda row: row.station.bureau)
    stations = factory.LazyAttribute(lambda row: [row.station.pk])
    officer_id = 1
    officer_name = "Officer Qian"
    kind = "leave"
    from_on = until_on = DAY


class PlanRuleFactory(Factory):
    """Enterprises of every colour are inspected four times a year at most."""

    class Meta:
        model = PlanRule

    bureau = factory.SubFactory(BureauFactory)
    effective_from = DAY
    published = "Notice 2026 No. 3"
    red = yellow = green = grey = 4


class VisitEscalationFactory(OfEnterprise):
    class Meta:
        model = VisitEscalation

    was_due_on = DAY
    step = "liaison"
    due_on = DAY + dt.timedelta(days=1)


class ChecklistFactory(Factory):
    class Meta:
        model = Checklist

    bureau = factory.SubFactory(BureauFactory)
    kind = "ordinary"
    number = factory.Sequence(lambda number: number + 2)
    published_at = factory.LazyFunction(lambda: dt.datetime.now(dt.UTC))
    sections = factory.LazyFunction(
        lambda: [
            {
                "name": "Gate",
                "name_en": "",
                "questions": [{"code": "A01", "ask": "Exit", "hazard": "Exit locked"}],
            }
        ]
    )
    reason = "Burglaries"


class CheckRecordFactory(OfEnterprise):
    class Meta:
        model = CheckRecord

    inspection = factory.LazyAttribute(lambda made: InspectionFactory(enterprise=made.enterprise))


class CheckedItemFactory(OfEnterprise):
    class Meta:
        model = CheckedItem

    inspection = factory.LazyAttribute(lambda made: InspectionFactory(enterprise=made.enterprise))
    place = 0
    section = "Gate"
    code = "A01"
    asked = factory.LazyFunction(lambda: {"code": "A01", "ask": "Exit", "hazard": "Exit locked"})
    answer = "pass"


class AnswerCorrectionFactory(OfEnterprise):
    class Meta:
        model = AnswerCorrection

    inspection = factory.LazyAttribute(lambda made: InspectionFactory(enterprise=made.enterprise))
    code = "A01"
    reason = "The wrong line"


class SigningFactory(OfEnterprise):
    class Meta:
        model = Signing

    inspection = factory.LazyAttribute(lambda made: InspectionFactory(enterprise=made.enterprise))
    summary = factory.LazyFunction(lambda: {"v": 1, "officers": []})
    summary_sha256 = "0" * 64
    way = "here"


class SignatureFactory(OfEnterprise):
    class Meta:
        model = Signature

    signing = factory.LazyAttribute(lambda made: SigningFactory(enterprise=made.enterprise))
    inspection = factory.LazyAttribute(lambda made: made.signing.inspection)
    side = "enterprise"
    name = "王芳"
    signed_at = factory.LazyFunction(lambda: dt.datetime.now(dt.UTC))


class FieldPhotoFactory(OfEnterprise):
    class Meta:
        model = FieldPhoto

    inspection = factory.LazyAttribute(lambda made: InspectionFactory(enterprise=made.enterprise))
    place = 0
    code = "A01"
    name = "photo.jpg"
    digest = "0" * 64
    declared_by = "Officer Qian"


class ReplyFactory(OfEnterprise):
    class Meta:
        model = Reply

    inspection = factory.LazyAttribute(lambda made: InspectionFactory(enterprise=made.enterprise))
    kind = "reply"
    said = "We put a camera there."
    by = "王芳"
    on = DAY


class ComplaintFactory(OfEnterprise):
    class Meta:
        model = Complaint

    inspection = factory.LazyAttribute(lambda made: InspectionFactory(enterprise=made.enterprise))
    said = "They showed no certificate."
    by = "王芳"
    goes_to = "chief"


class EscalationFactory(OfEnterprise):
    class Meta:
        model = Escalation

    record_id = factory.Sequence(lambda number: number + 1)
    deadline_on = DAY
    step = "liaison"
    due_on = DAY + dt.timedelta(days=1)


class MajorStageFactory(OfEnterprise):
    class Meta:
        model = MajorStage

    record_id = factory.Sequence(lambda number: number + 1)
    stage = "begun"
    on = DAY


class ListingFactory(OfEnterprise):
    class Meta:
        model = Listing

    record_id = factory.Sequence(lambda number: number + 1)
    reason = "Overdue for weeks"
    listed_on = DAY
    listed_by = "Supervisor Su"


class ActivityFactory(OfEnterprise):
    class Meta:
        model = Activity

    kind = "education"
    held_on = DAY
    topic = "Fraud by telephone"


class InspectionFactory(OfEnterprise):
    class Meta:
        model = Inspection

    inspected_on = DAY
    conclusion = "qualified"


class HazardFactory(OfEnterprise):
    class Meta:
        model = Hazard

    item = "Camera out of order"
    place = "Gate 2"
    found_on = DAY


class PenaltyFactory(OfEnterprise):
    class Meta:
        model = Penalty

    decided_on = DAY
    number = factory.Sequence(lambda number: f"No. {number + 1}")
    kind = "warning"


class ForgeryFactory(OfEnterprise):
    class Meta:
        model = Forgery

    kind = "photo"
    what = "Photo of another gate"
    found_on = DAY


class ObstructionFactory(OfEnterprise):
    class Meta:
        model = Obstruction

    kind = "refused"
    what = "The gate stayed locked"
    by_whom = "Manager Ma"
    evidence = "Recording 0417"
    obstructed_on = DAY


class SelfCheckFactory(OfEnterprise):
    class Meta:
        model = SelfCheck

    checked_on = DAY


class DisputeFactory(OfEnterprise):
    class Meta:
        model = Dispute

    kind = "wages"
    opened_on = DAY
    summary = "Wages of January"


class AgreementFactory(OfEnterprise):
    class Meta:
        model = Agreement

    dispute = factory.LazyAttribute(lambda made: DisputeFactory(enterprise=made.enterprise))
    kind = "peoples"
    concluded_on = DAY
    presided_by = "李珊"
    facts = "Forty workers were not paid."
    terms = "The company pays."
    debtor = "respondent"
    creditor = "applicant"
    signers = factory.LazyFunction(lambda: ["applicant", "respondent", "mediator"])


class OfAgreement(OfEnterprise):
    class Meta:
        abstract = True

    agreement = factory.LazyAttribute(lambda made: AgreementFactory(enterprise=made.enterprise))
    dispute = factory.LazyAttribute(lambda made: made.agreement.dispute)


class InstalmentFactory(OfAgreement):
    class Meta:
        model = Instalment

    number = 1
    due_on = DAY
    fen = 10_000
    way = "transfer"


class AgreementSignatureFactory(OfAgreement):
    class Meta:
        model = AgreementSignature

    signer = "applicant"
    name = "陈大勇"
    signed_on = DAY
    way = "screen"
    key = factory.Sequence(lambda number: f"agreements/1/{number:032x}")
    sha256 = "0" * 64


class PaymentFactory(OfAgreement):
    class Meta:
        model = Payment

    paid_on = DAY
    fen = 5_000
    way = "transfer"


class BreachFactory(OfAgreement):
    class Meta:
        model = Breach

    number = 1
    due_on = DAY
    on = DAY + dt.timedelta(days=1)
    fen = 10_000


class ConfirmationFactory(OfAgreement):
    class Meta:
        model = Confirmation

    step = "applied"
    on = DAY
    court = "东江区人民法院"


class OfDisputeFactory(OfEnterprise):
    """A row beside a dispute of the same enterprise."""

    class Meta:
        abstract = True

    dispute = factory.LazyAttribute(lambda made: DisputeFactory(enterprise=made.enterprise))


class FollowUpFactory(OfDisputeFactory):
    class Meta:
        model = FollowUp

    planned_on = DAY
    way = "call"
    question = "Is it kept?"


class ScreeningFactory(OfEnterprise):
    class Meta:
        model = Screening

    screened_on = DAY
    month = factory.LazyAttribute(lambda row: dt.date.fromisoformat(str(row.screened_on)).replace(day=1))


class SignedLinkFactory(OfEnterprise):
    class Meta:
        model = SignedLink

    purpose = "dispute_survey"
    object_id = 1
    shown = factory.LazyFunction(lambda: {"station": "A station", "question": "How is it now?"})
    token_digest = factory.Sequence(lambda number: f"{number:064x}")
    expires_at = dt.datetime(2036, 1, 1, tzinfo=dt.UTC)


class WayFactory(OfDisputeFactory):
    class Meta:
        model = Way

    kind = "peoples"
    from_on = DAY
    body = "Committee of the street"


class WayStepFactory(OfDisputeFactory):
    class Meta:
        model = WayStep

    way = factory.LazyAttribute(lambda made: WayFactory(enterprise=made.enterprise, dispute=made.dispute))
    kind = "refused"
    on = DAY


class TeamMemberFactory(OfDisputeFactory):
    class Meta:
        model = TeamMember

    role = "justice"
    name = "Wang Jing"
    invited_on = DAY


class MeetingFactory(OfDisputeFactory):
    """When and where, by one officer."""

    class Meta:
        abstract = True

    on = DAY
    begins_at, ends_at = dt.time(9), dt.time(10)
    manner, place = "joint", "Room 2"
    officer_id = factory.Sequence(lambda number: NOBODY + number)
    officer_name = "Officer Qian"


class AppointmentFactory(MeetingFactory):
    class Meta:
        model = Appointment


class MediationSessionFactory(MeetingFactory):
    class Meta:
        model = MediationSession

    minutes = "Both sides were heard."


class OfferFactory(OfDisputeFactory):
    class Meta:
        model = Offer

    session = factory.LazyAttribute(
        lambda made: MediationSessionFactory(enterprise=made.enterprise, dispute=made.dispute)
    )
    side = "applicant"
    amount = 8000


class SessionDocumentFactory(OfDisputeFactory):
    class Meta:
        model = SessionDocument

    session = factory.LazyAttribute(
        lambda made: MediationSessionFactory(enterprise=made.enterprise, dispute=made.dispute)
    )
    attachment_id = factory.Sequence(lambda number: number + 1)


class PartyFactory(OfEnterprise):
    """A party as it was entered: ``of`` are fields of ``disputes.people.entries.Entry``, from which what is sealed follows."""

    class Meta:
        model = Party

    dispute = factory.LazyAttribute(lambda made: DisputeFactory(enterprise=made.enterprise))
    number = factory.Sequence(lambda number: number + 1)

    @classmethod
    def _adjust_kwargs(cls, **fields: Any) -> dict[str, Any]:
        entry = {"side": "applicant", "role": "worker", "name": "陈建国"} | fields.pop("of", {})
        return Entry(**entry).columns() | fields


class DisputeSideFactory(OfEnterprise):
    class Meta:
        model = DisputeSide

    dispute_id = factory.Sequence(lambda number: number + 1)
    kind = "wages"
    stage = 1
    opened_on = DAY


class EnterpriseReportFactory(OfEnterprise):
    class Meta:
        model = EnterpriseReport

    about = "dispute"
    kind = "wages"
    said = "Forty workers have had no wages since May."
    by = "Ma Zhenhua"
    told_on = DAY


class RiskReviewFactory(OfEnterprise):
    class Meta:
        model = RiskReview

    dispute = factory.LazyAttribute(lambda made: DisputeFactory(enterprise=made.enterprise))
    on = DAY
    reasons = factory.LazyFunction(lambda: ["people"])
    proposed = level = "medium"
    next_on = DAY


class RiskMeasureFactory(OfEnterprise):
    class Meta:
        model = RiskMeasure

    dispute = factory.LazyAttribute(lambda made: DisputeFactory(enterprise=made.enterprise))
    what = "Visit the site each day"
    who = "王芳"
    until_on = DAY


class IncidentFactory(OfEnterprise):
    class Meta:
        model = Incident

    kind = "police_call"
    occurred_on = DAY


# --- ratings ---------------------------------------------------------------------------------------------------------


class StandardFactory(Factory):
    class Meta:
        model = Standard

    bureau = factory.SubFactory(BureauFactory)
    code = "tests"
    version = factory.Sequence(lambda number: number % 30_000 + 1)
    title = "For tests"
    body = factory.LazyFunction(lambda: shipped_standards()["hazards-only"])


class LimitChangeFactory(Factory):
    class Meta:
        model = LimitChange

    bureau = factory.SubFactory(BureauFactory)
    code = "hazard-notice"
    number = 5
    unit = "working"
    effective_from = dt.date(2026, 2, 1)
    reason = "A busy quarter"


class KindOfDisputeFactory(Factory):
    class Meta:
        model = KindOfDispute

    bureau = factory.SubFactory(BureauFactory)
    code = factory.Sequence(lambda number: f"own{number + 1000}")
    name = factory.Sequence(lambda number: f"旅游{number}")
    name_en = factory.Sequence(lambda number: f"Tourism {number}")
    place = 20


class AdoptionFactory(Factory):
    class Meta:
        model = Adoption

    bureau = factory.SubFactory(BureauFactory)
    standard = factory.SubFactory(StandardFactory, bureau=factory.SelfAttribute("..bureau"))


class EvaluationFactory(Factory):
    class Meta:
        model = Evaluation

    bureau = factory.SubFactory(BureauFactory)
    standard = factory.SubFactory(StandardFactory, bureau=factory.SelfAttribute("..bureau"))
    period_code = "2026Q1"
    kind = "trial"
    run = factory.Sequence(lambda number: number % 30_000 + 1)
    effective_on = dt.date(2026, 4, 1)


class EvaluationBatchFactory(Factory):
    class Meta:
        model = EvaluationBatch

    bureau = factory.SubFactory(BureauFactory)
    evaluation = factory.SubFactory(EvaluationFactory, bureau=factory.SelfAttribute("..bureau"))
    number = 1
    stations = factory.List([0])


class RatingFactory(OfEnterprise):
    class Meta:
        model = Rating

    evaluation = factory.SubFactory(
        EvaluationFactory, bureau=factory.SelfAttribute("..station.bureau"), kind="correction"
    )
    rated_at_station_id = factory.SelfAttribute("station.pk")
    period_code = factory.SelfAttribute("evaluation.period_code")
    revision = 1
    trial = False
    colour = "yellow"
    score_colour = "yellow"
    score = 80
    coverage = 1
    effective_on = dt.date(2026, 4, 1)
    visible_from = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)


# --- deliveries ------------------------------------------------------------------------------------------------------


class SubscriptionFactory(Factory):
    """Fetches only; give ``url`` and ``allowed_hosts`` for one with push."""

    class Meta:
        model = Subscription

    department = factory.SubFactory(DepartmentFactory)
    bureau = factory.SelfAttribute("department.bureau")
    title = factory.Sequence(lambda number: f"Subscription {number}")
    stations = factory.LazyFunction(list)
    whole_bureau = factory.LazyAttribute(lambda row: not row.stations)
    sealed_secret = factory.LazyFunction(lambda: seal(new_secret()))
    secret_at = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)


class OfSubscription(Factory):
    """A row of a subscription, of its department and bureau."""

    class Meta:
        abstract = True

    bureau = factory.SubFactory(BureauFactory)
    department = factory.SubFactory(DepartmentFactory, bureau=factory.SelfAttribute("..bureau"))
    subscription = factory.SubFactory(SubscriptionFactory, department=factory.SelfAttribute("..department"))
    sequence = factory.Sequence(lambda number: number + 1)


class EventFactory(OfSubscription):
    class Meta:
        model = Event

    message_id = factory.Sequence(lambda number: f"msg_{number}")
    kind = "rating.published"
    period_code = "2026Q1"
    size = 0
    body = "{}"
    created_at = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)


class ReceiptFactory(OfSubscription):
    """The receipt of an event that is created with it."""

    class Meta:
        model = Receipt
        exclude = ["event"]

    event = factory.SubFactory(
        EventFactory,
        bureau=factory.SelfAttribute("..bureau"),
        department=factory.SelfAttribute("..department"),
        subscription=factory.SelfAttribute("..subscription"),
    )
    sequence = factory.SelfAttribute("event.sequence")
    kind = "rating.published"
    period_code = "2026Q1"
    size = 0
    written_at = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
    answered_at = factory.LazyAttribute(lambda row: getattr(row, "feedback_at", None))


class AttemptFactory(OfSubscription):
    class Meta:
        model = Attempt

    message_id = "msg_tests"
    at = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
    outcome = "failed"
    fault = "timeout"


class TestEventFactory(OfSubscription):
    """One that no worker has taken."""

    __test__ = False

    class Meta:
        model = TestEvent
        exclude = ["sequence"]  # it has no number

    token = factory.Sequence(str)
    message_id = factory.Sequence(lambda number: f"msg_test_{number}")
    body = "{}"
    requested_at = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)


class SnapshotPartFactory(OfSubscription):
    class Meta:
        model = SnapshotPart
        exclude = ["sequence"]

    place = part = parts = 1
    evaluation_id = 1
    rating_ids = factory.List([1])


class ExchangeFactory(Factory):
    class Meta:
        model = Exchange

    bureau = factory.SubFactory(BureauFactory)
    department = factory.SubFactory(DepartmentFactory, bureau=factory.SelfAttribute("..bureau"))
    attempt = factory.SubFactory(
        AttemptFactory,
        bureau=factory.SelfAttribute("..bureau"),
        department=factory.SelfAttribute("..department"),
    )
    at = factory.SelfAttribute("attempt.at")
    request_headers = factory.LazyFunction(lambda: [["webhook-id", "msg_tests"]])


class AnswerFactory(OfSubscription):
    """An answer to an event that is created with it."""

    class Meta:
        model = Answer
        exclude = ["event"]

    event = factory.SubFactory(
        EventFactory,
        bureau=factory.SelfAttribute("..bureau"),
        department=factory.SelfAttribute("..department"),
        subscription=factory.SelfAttribute("..subscription"),
    )
    sequence = factory.SelfAttribute("event.sequence")
    progress = "noted"
    at = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
    by_name = "Somebody"


class WishFactory(Factory):
    """A request for a key."""

    class Meta:
        model = Wish

    bureau = factory.SubFactory(BureauFactory)
    department = factory.SubFactory(DepartmentFactory, bureau=factory.SelfAttribute("..bureau"))
    kind = "key"
    values = factory.LazyFunction(
        lambda: {
            "title": "Desk",
            "scopes": ["ratings:read"],
            "whole_bureau": True,
            "stations": [],
            "networks": [],
            "expires_on": "2027-01-01",
        }
    )
    why = "For the desk"
    asked_by_name = "Somebody"


# --- imports ---------------------------------------------------------------------------------------------------------


class ImportFactory(Factory):
    class Meta:
        model = Import

    bureau = factory.SubFactory(BureauFactory)
    profile = "tests"
    state = "done"
    started_by_name = "system"
    started_at = dt.datetime(2026, 2, 10, tzinfo=dt.UTC)
    finished_at = dt.datetime(2026, 2, 10, tzinfo=dt.UTC)


class UploadFactory(Factory):
    """A sheet that a person takes over in a role: give ``grant``."""

    class Meta:
        model = Upload

    grant = factory.SubFactory(RoleGrantFactory)
    user = factory.SelfAttribute("grant.user")
    bureau = factory.SelfAttribute("grant.bureau")
    kind = "enterprise"
    file_name = "register.xlsx"
    language = "en"


class UploadPartFactory(Factory):
    """A piece of the file of a sheet."""

    class Meta:
        model = UploadPart

    upload = factory.SubFactory(UploadFactory)
    grant = factory.SelfAttribute("upload.grant")
    user = factory.SelfAttribute("upload.user")
    bureau = factory.SelfAttribute("upload.bureau")
    number = 0
    data = b"bytes"


class UploadRowFactory(Factory):
    """A row of a sheet."""

    class Meta:
        model = UploadRow

    upload = factory.SubFactory(UploadFactory)
    grant = factory.SelfAttribute("upload.grant")
    user = factory.SelfAttribute("upload.user")
    bureau = factory.SelfAttribute("upload.bureau")
    number = factory.Sequence(lambda number: number + 2)
    cells = ["a", "b"]


class ImportedRecordFactory(Factory):
    """Where a record came from."""

    class Meta:
        model = ImportedRecord

    bureau = factory.SubFactory(BureauFactory)
    run = factory.SubFactory(ImportFactory, bureau=factory.SelfAttribute("..bureau"))
    kind = "enterprise"
    object_id = 1
    row = 2


class ImportIssueFactory(Factory):
    class Meta:
        model = ImportIssue

    bureau = factory.SubFactory(BureauFactory)
    run = factory.SubFactory(ImportFactory, bureau=factory.SelfAttribute("..bureau"))
    file = "enterprises.csv"
    row = 2
    outcome = "refused"
    code = "tests"


# --- the API ---------------------------------------------------------------------------------------------------------


class StoredAnswerFactory(Factory):
    """A response stored for a key, of the key's department and bureau."""

    class Meta:
        model = StoredAnswer

    key = factory.SubFactory(ApiKeyFactory)
    department = factory.SelfAttribute("key.department")
    bureau = factory.SelfAttribute("key.bureau")
    token = factory.Sequence(lambda number: f"token-{number}")
    fingerprint = "0" * 64
    status = 201


def factory_of(model: type[models.Model]) -> type[DjangoModelFactory]:
    """Return the factory of a model, from here or its app's ``factories.py``; a test by introspection needs one."""
    if module_has_submodule(model._meta.app_config.module, "factories"):
        import_module(f"{model._meta.app_config.name}.factories")
    for candidate in _all(DjangoModelFactory):
        if not candidate._meta.abstract and candidate._meta.model is model:
            return candidate
    raise LookupError(f"{model._meta.label} has no factory in tests/factories.py or its own")


def _all(base: type[DjangoModelFactory]) -> list[type[DjangoModelFactory]]:
    return [found for child in base.__subclasses__() for found in (child, *_all(child))]
