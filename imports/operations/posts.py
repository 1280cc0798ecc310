"""Designating the officers that a sheet names: no record is written, each row is the act of the person who takes it over."""

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from enterprises.choices import LiaisonKind
from enterprises.models import Liaison
from enterprises.operations import assign_liaison
from enterprises.selectors import list_officers
from foundation.accounts.actors import Actor
from foundation.accounts.models import User
from foundation.identifiers import folded
from foundation.tenancy.scope import station_scope
from foundation.words import sentences
from imports.choices import Outcome
from imports.models import ImportedRecord
from imports.operations.writing import Writer
from imports.remarks import Refused, Remark, shown
from imports.rows import Draft

Post = tuple[int, str]  # enterprise, and whether the officer or the deputy


class PostWriter(Writer):
    """Designates officers by the operation of the page. A post that somebody holds is given away only if that is chosen."""

    def __init__(self, *, person: Actor, **options: Any) -> None:
        super().__init__(person=person, **options)
        self.designator = person
        self._named: set[Post] = set()  # by earlier rows
        with station_scope(person.scope()):
            self._officers: dict[str, list[User]] = {}
            for officer in list_officers(person):
                self._officers.setdefault(folded(officer.full_name), []).append(officer)

    def write(self, drafts: list[Draft]) -> None:
        drafts = self._without_faults(drafts)
        with station_scope(self.stations.actor.scope()):
            placed = self.matching.place(drafts)
        with station_scope(self.designator.scope()):
            serving = self._serving({draft.values["enterprise_id"] for draft in placed})
            for draft in placed:
                post = draft.values["enterprise_id"], draft.values.get("kind") or LiaisonKind.MAIN
                if post in self._named:
                    self._refuse(
                        draft,
                        Refused(
                            "repeated_key", self._column_of(draft, "officer"), value=draft.enterprise.raw
                        ).remark,
                    )
                    continue
                self._named.add(post)
                self._designate(draft, post, serving.get(post))

    @staticmethod
    def _serving(enterprise_ids: Iterable[int]) -> dict[Post, Liaison]:
        rows = Liaison.objects.filter(enterprise_id__in=enterprise_ids, until_on=None).select_related(
            "officer"
        )
        return {(row.enterprise_id, row.kind): row for row in rows}

    def _designate(self, draft: Draft, post: Post, here: Liaison | None) -> None:
        name = draft.values["officer"]
        found = self._officers.get(folded(name), [])
        column = self._column_of(draft, "officer")
        if len(found) != 1:
            code = "several_officers" if found else "no_such_officer"
            self._refuse(draft, Refused(code, column, value=name).remark)
            return
        (officer,) = found
        if here is not None and here.officer_id == officer.pk:
            self._count(draft, Outcome.ALREADY, of=here.pk)
            return
        is_chosen = here is None or self._updates(draft)
        if is_chosen and (fault := self._act(draft, post, officer)):
            self._refuse(draft, fault)
            return
        told = []
        if here is not None:
            outcome = Outcome.UPDATED if is_chosen else Outcome.DIFFERS
            told = [
                Remark(str(outcome), outcome, "officer", shown({"here": str(here.officer), "there": name}))
            ]
        else:
            outcome = Outcome.WARNED if draft.remarks else Outcome.TAKEN
        self._count(draft, outcome, *told, of=here.pk if here else 0)

    def _act(self, draft: Draft, post: Post, officer: User) -> Remark | None:
        """Designate the officer. Return why that is not possible."""
        enterprise, kind = post
        on = draft.values.get("from_on") or timezone.localdate()
        try:
            with transaction.atomic():
                assign_liaison(
                    actor=self.designator,
                    enterprise_ids=[enterprise],
                    officer_id=officer.pk,
                    kind=kind,
                    on=on,
                )
        except ValidationError as error:
            name = "from_on" if "on" in error.message_dict else "officer"
            column = self._column_of(draft, name)
            return Refused(
                "not_designated", column, value=officer.full_name, why=sentences(*error.messages)
            ).remark
        made = self._serving([enterprise])[post]
        self.report.updated(draft.row, {}, 0)
        if self.run_id:
            with station_scope(self.stations.actor.scope()):
                ImportedRecord.objects.create(
                    bureau_id=self.bureau_id,
                    run_id=self.run_id,
                    kind=draft.record.target.code,
                    object_id=made.pk,
                    file=self.file_number,
                    row=draft.row,
                )
        return None

    @staticmethod
    def _column_of(draft: Draft, name: str) -> str:
        how = draft.record.fields.get(name)
        return how.columns[0] if how and how.columns else name
