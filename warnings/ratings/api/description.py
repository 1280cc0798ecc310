"""Names of choices of the ratings in the API's description."""

from foundation.contributions.descriptions import name_values
from ratings.api.payloads import LOST, NO_EVIDENCE, REASONS
from ratings.choices import OFFICIAL
from ratings.list_selectors import CHANGED, WAYS

name_values(
    ColourChange=[*WAYS, CHANGED],
    LossReason=[LOST, NO_EVIDENCE],
    ReasonCode=REASONS,
    RunKind=OFFICIAL,
)
