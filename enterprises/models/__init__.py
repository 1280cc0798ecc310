from enterprises.models.activity import Activity
from enterprises.models.custody import Custody, Inactivity
from enterprises.models.enterprise import Enterprise
from enterprises.models.fact import Fact
from enterprises.models.liaison import Liaison

__all__ = ["Activity", "Custody", "Enterprise", "Fact", "Inactivity", "Liaison"]
