"""Signals for other apps. The register does not know their receivers."""

from django.dispatch import Signal

# An enterprise was handed over to another station. Sent in the transaction that does it, in the scope of both stations. A receiver
# that raises an error rolls it back. Argument: ``enterprise``, with its new station.
handed_over = Signal()
