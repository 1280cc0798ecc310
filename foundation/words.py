"""Texts for people: plain, or translated when shown."""

from typing import TYPE_CHECKING

from django.utils.functional import Promise

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise
else:
    Words = str | Promise

LONGEST_REASON = 2000  # characters of a reason that is kept in the audit log
