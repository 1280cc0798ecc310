from enterprises.models.custody import Custody, Inactivity
from enterprises.models.enterprise import Enterprise
from enterprises.models.liaison import Liaison

__all__ = ["Custody", "Enterprise", "Inactivity", "Liaison"]
