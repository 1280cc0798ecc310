"""The rows that name photos and files of records."""

from facts.models import Attachment
from foundation.contributions.stored_files import Named, Shelf, register

register(Shelf("records", "", (Named(Attachment.objects.all, small=lambda row: row.is_picture),)))
