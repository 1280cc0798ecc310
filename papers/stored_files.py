"""The rows that name the files of papers, and their templates."""

from foundation.contributions.stored_files import Named, Shelf, register
from papers.models import Paper, PaperTemplate, SignedCopy
from papers.templates import SHELF

register(
    Shelf(
        "papers",
        SHELF,
        (
            Named(Paper.objects.all, key="file_key", sha256="file_sha256"),
            Named(PaperTemplate.objects.all),
            Named(SignedCopy.objects.all),
        ),
    )
)
