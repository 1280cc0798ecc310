"""Signals for other apps. Ratings do not know their receivers."""

from django.dispatch import Signal

# An official evaluation (quarter, correction, interim veto) was published: its ratings are in force. Sent in the
# transaction that publishes, in the scope of all stations of the bureau. A receiver that raises an error rolls the
# publication back. Argument: ``evaluation``, complete.
published = Signal()
