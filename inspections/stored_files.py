"""The rows that name pictures of signatures, and inspections that were signed on paper."""

from foundation.contributions.stored_files import Named, Shelf, register
from inspections.models import Signature, Signing
from inspections.signing import SHELF

register(Shelf("signatures", SHELF, (Named(Signature.objects.all), Named(Signing.objects.all))))
