"""What can be done with many enterprises of the register's list at once, declared in an app's ``register_acts.py``.

Each is a :class:`foundation.bulk.acts.BulkAct` on the ids of enterprises; the register knows nothing of inspections.
"""

from typing import Any

from foundation.contributions.registry import Registry

register_acts: Registry[Any] = Registry("register_acts")
register = register_acts.register
