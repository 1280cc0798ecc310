from inspections.models.call import HazardCall
from inspections.models.forgery import Forgery
from inspections.models.hazard import Hazard
from inspections.models.inspection import Inspection
from inspections.models.item_list import ItemList
from inspections.models.self_check import SelfCheck
from inspections.models.submission import Submission

__all__ = ["Forgery", "Hazard", "HazardCall", "Inspection", "ItemList", "SelfCheck", "Submission"]
