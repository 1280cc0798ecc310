"""What others may act on. Ratings know nobody who listens."""

from django.dispatch import Signal

# An official evaluation (quarter, correction, interim veto) was published: its ratings are in force. Sent inside the
# transaction that publishes and in the scope of all stations of the bureau: a receiver that fails takes it back.
# Argument: ``evaluation``, complete.
published = Signal()
