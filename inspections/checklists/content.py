"""What a checklist asks: sections of questions, each about one hazard item."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from foundation.contributions.limits import SYSTEM_DEFAULT
from foundation.words import Words

_OWN = _("set by the bureau, not statutory")


class ListKind(models.TextChoices):
    """Which enterprises a checklist is for. The first two exclude each other, the others come on top."""

    KEY = "key", _("Key security units")
    ORDINARY = "ordinary", _("Ordinary units")
    DANGEROUS = "dangerous", _("Dangerous goods")
    CARE = "care", _("Schools and hospitals")
    GATHERING = "gathering", _("Sites of group emergencies")


class Answered(models.TextChoices):
    """How an item of a checklist was answered."""

    PASS = "pass", pgettext_lazy("checklist", "Passed")
    FAIL = "fail", pgettext_lazy("checklist", "Failed")
    NOT_APPLICABLE = "n_a", pgettext_lazy("checklist", "N/A")


def in_language(chinese: str, english: str) -> str:
    """Return a text in the reader's language, as far as the checklist has it."""
    return english if english and (get_language() or "").startswith("en") else chinese


@dataclass(frozen=True)
class Question:
    """One item of a checklist: what is asked, and the hazard that it is if it fails.

    ``code`` is stable: statistics and repeats follow it over all versions and lists. ``weight``: 1 to 5, how much the
    item counts among the others. ``critical``: not to be left out. ``may_skip``: *not applicable* is an answer.
    ``major`` and ``days`` (working days, None: the bureau's time limit) are what is proposed for its hazard.
    """

    code: str
    ask: str
    hazard: str
    ask_en: str = ""
    hazard_en: str = ""
    help: str = ""
    help_en: str = ""
    source: str = ""
    weight: int = 1
    critical: bool = False
    may_skip: bool = True
    major: bool = False
    days: int | None = None

    @property
    def words(self) -> str:
        return in_language(self.ask, self.ask_en)

    @property
    def help_words(self) -> str:
        return in_language(self.help, self.help_en)

    @property
    def source_words(self) -> Words:
        """Where it comes from; of one without a source, who set it."""
        from inspections.checklists.shipped import shipped_questions  # which is made of questions

        return self.source or (SYSTEM_DEFAULT if self.code in shipped_questions() else _OWN)

    @property
    def hazard_words(self) -> str:
        return in_language(self.hazard, self.hazard_en)

    @property
    def options(self) -> list[Answered]:
        """The answers that it takes."""
        return [each for each in Answered if self.may_skip or each is not Answered.NOT_APPLICABLE]


@dataclass(frozen=True)
class Section:
    """Questions under one heading."""

    name: str
    name_en: str = ""
    questions: tuple[Question, ...] = ()

    @property
    def words(self) -> str:
        return in_language(self.name, self.name_en)


@dataclass(frozen=True)
class Content:
    """The sections of a checklist, in order."""

    sections: tuple[Section, ...] = field(default=())

    @property
    def questions(self) -> list[Question]:
        return [each for section in self.sections for each in section.questions]

    @property
    def by_code(self) -> dict[str, Question]:
        return {each.code: each for each in self.questions}

    def stored(self) -> list[dict[str, Any]]:
        """Return it as a row keeps it."""
        return [asdict(section) for section in self.sections]


def read_content(stored: Iterable[dict[str, Any]]) -> Content:
    """Return the content that a row keeps."""
    return Content(
        tuple(
            Section(each["name"], each["name_en"], tuple(Question(**one) for one in each["questions"]))
            for each in stored
        )
    )


def together(contents: Iterable[Content]) -> Content:
    """Return several checklists as one that asks each code once, where it comes first. Sections of one name are joined."""
    seen: set[str] = set()
    sections: dict[str, Section] = {}

    def unseen(section: Section) -> Iterator[Question]:
        for each in section.questions:
            if each.code not in seen:
                seen.add(each.code)
                yield each

    for content in contents:
        for section in content.sections:
            asked = tuple(unseen(section))
            before = sections.get(section.name)
            if before:
                sections[section.name] = replace(before, questions=before.questions + asked)
            elif asked:
                sections[section.name] = replace(section, questions=asked)
    return Content(tuple(sections.values()))
