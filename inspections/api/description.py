"""Names of choices of hazards and inspections in the API's description."""

from foundation.contributions.descriptions import name_values
from inspections.checklists.content import Answered, ListKind
from inspections.choices import Conclusion, HazardState, InspectionKind, Origin, Severity

name_values(
    AnswerOrEmpty=[*Answered.values, ""],
    ChecklistKind=ListKind.values,
    ConclusionOrEmpty=[*Conclusion.values, ""],
    HazardOrigin=Origin.values,
    HazardSeverity=Severity.values,
    HazardState=[each for each in HazardState.values if each != HazardState.VOIDED],
    InspectionConclusion=Conclusion.values,
    InspectionKind=InspectionKind.values,
)
