"""Every kind of record has a sheet, or a reason why not."""

from django.apps import apps

from foundation.contributions.sheets import targets

# what no person records: it comes about by what they do, or belongs to the machinery
COMES_ABOUT = """
    accounts.AuditEntry accounts.AuditValue accounts.AuditLink accounts.AuditSeal accounts.FormerPassword
    accounts.PasswordRequest accounts.Session inbox.Notification exports.Export exports.ExportPart bulk.BulkRun
    rest.StoredAnswer facts.FactStep ratings.Evaluation ratings.EvaluationBatch ratings.Rating deliveries.Event
    deliveries.Receipt deliveries.Attempt deliveries.Exchange deliveries.Answer deliveries.TestEvent
    deliveries.SnapshotPart
    imports.Import imports.ImportIssue imports.ImportedRecord imports.Upload
    imports.UploadPart imports.UploadRow papers.Series inspections.Submission
    inspections.Escalation
    inspections.MajorStage inspections.Recheck inspections.DrawnVisit
    inspections.CheckRecord inspections.AnswerCorrection
    inspections.FieldPhoto field.FieldReceipt
    inspections.SelfCheckAnswers inspections.VisitEscalation disputes.DisputeSide
"""
NO_SHEET = dict.fromkeys(COMES_ABOUT.split(), "comes about by itself") | {
    "disputes.KindOfDispute": "is added by a supervisor on the page of the kinds",
    "disputes.RiskReview": "is what an officer judges on the page of a dispute",
    "disputes.RiskMeasure": "is set with a review of the risk",
    "accounts.Bureau": "the operator adds one, by the page of a new bureau",
    "accounts.Station": "the operator adds a dozen to a bureau; an import by the command makes those it names",
    "accounts.Department": "the operator adds a dozen to a bureau",
    "accounts.RoleGrant": "comes in with its person: kinds person, enterprise_person and department_person",
    "accounts.Invitation": "is a secret, shown once on a page",
    "accounts.ApiKey": "is a secret, shown once on a page",
    "deadlines.CalendarFeed": "is a secret, shown to its owner on a page",
    "deadlines.LimitChange": "is a decision with a day from which it counts",
    "lots.Draw": "is drawn by lot, from a pool that is frozen before",
    "inspections.PlannedVisit": "is planned by the week, where room, absences and the yearly limit are seen",
    "inspections.Absence": "is entered beside the week that it changes",
    "inspections.PlanRule": "is a decision that the bureau publishes, with a day from which it counts",
    "disputes.FollowUp": "is planned and recorded on the page of its dispute",
    "disputes.Screening": "is reported with one tap on the page of the month",
    "disputes.EnterpriseReport": "is told in the portal, or entered from paper or a call on a page of its own",
    "links.SignedLink": "is a secret, shown once on a page",
    "inspections.HazardCall": "is noted on the page of its hazard",
    "inspections.KeyPosition": "is added on the page of its enterprise, or from the place of a hazard",
    "checkins.DoorSign": "is made at random, on the file of its enterprise or for many at once",
    "checkins.CheckIn": "is recorded at the door, from the QR code there",
    "inspections.ItemList": "is published as a whole, with a reason",
    "inspections.Checklist": "is brought in as a whole, on the page of its draft",
    "inspections.Signing": "is signed by both sides on the page of its inspection, or on the phone",
    "inspections.Signature": "is drawn by hand, together with its signing",
    "inspections.Reply": "is given in the portal, or entered on the page of its inspection",
    "inspections.Complaint": "is made in the portal, and answered on its page",
    "disputes.Agreement": "is recorded on the page of its dispute",
    "disputes.Instalment": "is entered with its agreement",
    "disputes.AgreementSignature": "is drawn by hand, or photographed, on the page of its agreement",
    "disputes.Payment": "is recorded on the page of its dispute, with its proof",
    "disputes.Breach": "comes about by itself",
    "disputes.Confirmation": "is recorded step by step on the page of its dispute",
    "disputes.Party": "is entered on the page of its dispute, a group from a sheet there: persons are sealed",
    "disputes.Way": "is chosen on the page of its dispute, under the rules of that day",
    "disputes.WayStep": "is recorded on its way",
    "disputes.TeamMember": "is invited on the page of the dispute",
    "disputes.Appointment": "is planned where the officers' other sessions are seen",
    "disputes.MediationSession": "is recorded with its minutes, under the rules of its way",
    "disputes.Offer": "is recorded with its session",
    "disputes.SessionDocument": "is a file of its own, added on the page of its session",
    "facts.Attachment": "is a file of its own, added on the page of its record",
    "papers.Letterhead": "is one row of a station, filled in by its chief",
    "papers.PaperTemplate": "is a file that is tried out before it counts",
    "papers.Paper": "gets its number when it is issued; papers of before are files of their records",
    "papers.Service": "is recorded at its paper",
    "papers.SignedCopy": "is a file of its own, added on the page of its paper",
    "inspections.Listing": "is a decision of the bureau about one hazard, with a reason",
    "lists.SavedView": "is what one person likes to see",
    "enterprises.Custody": "hand-overs are asked for by one station and taken by another, each with a reason",
    "enterprises.Inactivity": "leaving the register needs a reason and a day; many at once by the register's own act",
    "ratings.Standard": "a standard is weighed and tried, not listed",
    "ratings.Adoption": "is a decision with a day from which it counts",
    "deliveries.Wish": "is asked for in a form and decided by somebody else",
    "deliveries.Subscription": "has an address that is tried and a secret",
}


def test_every_model_has_a_sheet_or_a_reason() -> None:
    ours = {
        model._meta.label
        for model in apps.get_models()
        if not model.__module__.startswith(("django.", "allauth."))
    }
    assert ours - {target.model._meta.label for target in targets} == NO_SHEET.keys()
