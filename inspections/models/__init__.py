from inspections.models.call import HazardCall
from inspections.models.checklist import AnswerCorrection, CheckedItem, Checklist, CheckRecord
from inspections.models.drawn import DrawnVisit
from inspections.models.escalation import Escalation
from inspections.models.field_photo import FieldPhoto
from inspections.models.finding import Finding
from inspections.models.forgery import Forgery
from inspections.models.hazard import Hazard
from inspections.models.inspection import Inspection
from inspections.models.item_list import ItemList
from inspections.models.key_position import KeyPosition
from inspections.models.major import Listing, MajorStage
from inspections.models.obstruction import Obstruction
from inspections.models.of_hazard import belonging_to
from inspections.models.penalty import Penalty
from inspections.models.plan import Absence, PlannedVisit, PlanRule, VisitEscalation
from inspections.models.recheck import Recheck
from inspections.models.reply import Complaint, Reply
from inspections.models.self_check import SelfCheck, SelfCheckAnswers
from inspections.models.signing import Signature, Signing
from inspections.models.submission import Submission

__all__ = [
    "Absence",
    "AnswerCorrection",
    "CheckRecord",
    "CheckedItem",
    "Checklist",
    "Complaint",
    "DrawnVisit",
    "Escalation",
    "FieldPhoto",
    "Finding",
    "Forgery",
    "Hazard",
    "HazardCall",
    "Inspection",
    "ItemList",
    "KeyPosition",
    "Listing",
    "MajorStage",
    "Obstruction",
    "Penalty",
    "PlanRule",
    "PlannedVisit",
    "Recheck",
    "Reply",
    "SelfCheck",
    "SelfCheckAnswers",
    "Signature",
    "Signing",
    "Submission",
    "VisitEscalation",
    "belonging_to",
]
