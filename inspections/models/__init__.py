from inspections.models.hazard import Hazard
from inspections.models.inspection import Inspection
from inspections.models.self_check import SelfCheck

__all__ = ["Hazard", "Inspection", "SelfCheck"]
