"""The rows that name pictures of signatures under agreements, and photos of those that were signed on paper."""

from disputes.agreements.signing import SHELF
from disputes.models import AgreementSignature
from foundation.contributions.stored_files import Named, Shelf, register

register(Shelf("agreements", SHELF, (Named(AgreementSignature.objects.all),)))
