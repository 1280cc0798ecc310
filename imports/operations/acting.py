"""Rows that are acts: no record is written by the import, each row is the act of the person who takes the sheet over."""

from collections.abc import Hashable, Iterable
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from enterprises.operations.register import lock_in_order
from foundation.accounts.access import WrongState
from foundation.accounts.actors import Actor
from foundation.contributions.sheets import Standing, Unfit
from foundation.tenancy.scope import station_scope
from foundation.words import sentences
from imports.choices import Outcome
from imports.models import ImportedRecord
from imports.operations.four_eyes import column_of
from imports.operations.writing import Writer
from imports.remarks import Refused, Remark, shown
from imports.rows import Draft


class ActWriter(Writer):
    """Does what rows say by the operations of the pages. What is here already is changed only if the person chose so."""

    def __init__(self, *, person: Actor, **options: Any) -> None:
        super().__init__(person=person, **options)
        self.doer = person
        self.target = self.spec.record.target
        assert self.target.acts is not None
        self._named: set[Hashable] = set()  # by earlier rows
        with station_scope(person.scope()):
            self.acts = self.target.acts(person)

    def write(self, drafts: list[Draft]) -> None:
        drafts = self._without_faults(drafts)
        if self.target.of_enterprise:
            with station_scope(self.stations.actor.scope()):
                drafts = self.matching.place(drafts)
        with station_scope(self.doer.scope()):
            self.acts.lock_people([draft.values for draft in drafts])
            if self.target.of_enterprise:
                # each act locks its own: two sheets in another order would wait for each other
                lock_in_order({draft.values["enterprise_id"] for draft in drafts})
            self.acts.look_up([draft.values for draft in drafts])
            for draft in drafts:
                self._take(draft)

    def _take(self, draft: Draft) -> None:
        try:
            named = self.acts.identity(draft.values)
        except Unfit as unfit:
            self._refuse(draft, self._fault(draft, unfit))
            return
        if named in self._named:
            name = self.target.alike[0]
            value = draft.values.get(name) or named if isinstance(named, str) else draft.enterprise.raw
            self._refuse(draft, Refused("repeated_key", column_of(draft.record, name), value=value).remark)
            return
        self._named.add(named)
        try:
            here = self.acts.standing(draft.values)
        except Unfit as unfit:
            self._refuse(draft, self._fault(draft, unfit))
            return
        if here.pk and not here.differs:
            self._count(draft, Outcome.ALREADY, of=here.pk)
            return
        fields = [name for name in here.differs if name not in self._stays(draft)]
        is_chosen = not here.pk or bool(fields and self._updates(draft))
        if is_chosen and (faults := self._act(draft, here, fields if here.pk else None)):
            self._refuse(draft, *faults)
            return
        if not here.pk:
            self._count(draft, Outcome.WARNED if draft.remarks else Outcome.TAKEN)
            return
        told = []
        for name, (value, there) in here.differs.items():
            outcome = Outcome.UPDATED if is_chosen and name in fields else Outcome.DIFFERS
            told.append(Remark(str(outcome), outcome, name, shown({"here": value, "there": there})))
        self._count(draft, Outcome.UPDATED if is_chosen else Outcome.DIFFERS, *told, of=here.pk)

    def _act(self, draft: Draft, here: Standing, fields: Iterable[str] | None) -> list[Remark]:
        """Do what a row says. Return why that is not possible."""
        try:
            with transaction.atomic():
                made, before = self.acts.act(draft.values, None if fields is None else list(fields))
        except Unfit as unfit:
            return [self._fault(draft, unfit)]
        except ValidationError as error:
            return list(self._faults_of(draft, error))
        except (WrongState, PermissionDenied) as error:
            return [Refused("not_possible", why=str(error)).remark]
        self.report.updated(draft.row, before, 0)
        if self.run_id:
            with station_scope(self.stations.actor.scope()):
                self._keep_act(draft, made, is_new=made != here.pk)
        return []

    def _keep_act(self, draft: Draft, made: int, *, is_new: bool) -> None:
        ImportedRecord.objects.create(
            bureau_id=self.bureau_id,
            run_id=self.run_id,
            kind=self.target.code,
            object_id=made,
            file=self.file_number,
            row=draft.row,
            is_new=is_new,
        )

    def _faults_of(self, draft: Draft, error: ValidationError) -> Iterable[Remark]:
        if not hasattr(error, "error_dict"):
            yield Refused("not_possible", why=sentences(*error.messages)).remark
            return
        for name, messages in error.message_dict.items():
            yield Refused(
                "invalid",
                column_of(draft.record, name),
                value=draft.values.get(name, ""),
                field=name,
                of=self.target.code,
                why=sentences(*messages),
            ).remark

    @staticmethod
    def _fault(draft: Draft, unfit: Unfit) -> Remark:
        return Refused(unfit.code, column_of(draft.record, unfit.field), **unfit.values).remark
