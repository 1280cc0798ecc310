"""Standards, and the one each bureau has adopted."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from foundation.accounts.models import Bureau
from foundation.periods import Period
from foundation.tenancy.policies import BureauPolicy, CompositeForeignKey
from ratings.standards.parsing import titles_of
from ratings.standards.rulebook import spoken


class Standard(models.Model):
    """A published, immutable version of a rating standard, as TOML text.

    A change is a new version; evaluations refer to the version they applied. :mod:`ratings.standards.parsing` reads it.
    The moment comes from the database.
    """

    append_only = True

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text (TOML)"))
    published_at = models.DateTimeField(_("published"), auto_now_add=True)
    published_by_id = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["code", "-version"]
        verbose_name = _("standard")
        verbose_name_plural = _("standards")
        constraints = [
            models.UniqueConstraint(fields=["bureau", "code", "version"], name="standard_version_unique"),
            models.UniqueConstraint(fields=["id", "bureau"], name="standard_bureau_key"),
            BureauPolicy(name="standard_rls", write=("police", "system")),
        ]

    def __str__(self) -> str:
        return f"{self.spoken_title} · {self.version}"

    @property
    def titles(self) -> dict[str, str]:
        """The title by language."""
        return dict(titles_of(self.body)) or {"en": self.title}

    @property
    def spoken_title(self) -> str:
        """The title in the reader's language; ``title`` is in the language of the person who published it."""
        return spoken(self.titles)


class Adoption(models.Model):
    """The standard that gives the official colours in a bureau; any other standard makes trial runs.

    One row for each time that a standard was adopted; it lasts as long as it has no ``until_at``. Of those that last, the
    one with the latest ``from_quarter`` that has come rates a quarter; "" is from the first evaluation after it was
    adopted. Everyone in the bureau may read them, enterprises included, because it is what they are judged by. Both moments
    come from the database; a row that has ended stays as it is.
    """

    bureau = models.ForeignKey(Bureau, on_delete=models.PROTECT, related_name="+", db_index=False)
    standard = models.ForeignKey(Standard, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    adopted_at = models.DateTimeField(auto_now_add=True)
    until_at = models.DateTimeField(null=True, blank=True)
    from_quarter = models.CharField(
        max_length=6, blank=True, default=""
    )  # such as 2027Q1; codes sort by time

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["bureau", "from_quarter"],
                condition=models.Q(until_at=None),
                name="adoption_quarter_unique",
            ),
            CompositeForeignKey(
                name="adoption_standard_fk",
                columns=("standard_id", "bureau_id"),
                to="ratings.Standard",
                to_columns=("id", "bureau_id"),
            ),
            BureauPolicy(name="adoption_rls", write=("police", "system")),
        ]

    @property
    def quarter(self) -> Period | None:
        """The first quarter that it rates; None if that is the one of the next evaluation."""
        return Period.parse(self.from_quarter) if self.from_quarter else None
