"""Acts on many rows of the register's list by apps above the register, declared in an app's ``many.py``.

An act is a :class:`foundation.bulk.acts.BulkAct` on ids of enterprises.
"""

from typing import Any

from foundation.contributions.registry import Registry

acts_on_enterprises: Registry[Any] = Registry("many")
register = acts_on_enterprises.register
