"""The kind of acts on many rows. The audit log has an entry for each record, by the operation of the single act."""

from foundation.bulk.models import BulkRun
from foundation.contributions.audit import Kind, register

register(Kind("bulkrun", BulkRun, personal=frozenset({"arguments", "refused"})))
