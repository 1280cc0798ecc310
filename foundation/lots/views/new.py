"""The base of the forms that freeze a pool: the filter in the URL, the pool it gives, and what is drawn of it.

The first form is sent with GET and only shows the pool. The second one freezes what was shown; if the pool has changed
by then, it is shown again.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from foundation.accounts.actors import Actor
from foundation.contributions.lots import Entry, LotKind, Pool, lot_kinds
from foundation.ids import id_of
from foundation.lots import operations, selectors
from foundation.lots.models import Draw
from foundation.lots.views.shown import TITLE
from foundation.ui.forms import day_field, reason_field, renew
from foundation.ui.views import CreatePage, Crumb
from foundation.words import Words

MOST_EXCUSED = 300  # members of a pool that are listed to be left out; of more, nobody reads the list
EXCUSE, PERSON, PAIR = "excuse", "absent", "pair"
SEEN = "seen"
ASKED = _("Somebody has asked already to draw again.")


class FindForm(forms.Form):
    """The filter that gives the pool."""

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        self.actor = actor
        super().__init__(*args, **options)

    def criteria(self) -> dict[str, Any]:
        """Return the filter as it is stored: plain values, with the names of what it names."""
        raise NotImplementedError

    def stations(self) -> list[int]:
        """Return the stations whose members it can give."""
        raise NotImplementedError

    @classmethod
    def data_of(cls, criteria: Mapping[str, Any]) -> dict[str, Any]:
        """Return the fields that give a stored filter again."""
        raise NotImplementedError


class TermsForm(forms.Form):
    """How many are drawn, what is to be done about them, and who is left out for which reason."""

    take = forms.IntegerField(label=_("How many are drawn"), min_value=1)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, actor: Actor, pool: Pool, again: Draw | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.actor, self.pool = actor, pool
        self.fields["seen"].initial = operations.mark_of(pool)
        if again:
            self.fields["reason"] = reason_field(
                label=_("Why it is drawn again"),
                help_text=_("Another chief or supervisor reads this and approves it, or does not."),
            )
        self.add_excuses(EXCUSE, pool.entries)
        self.add_excuses(PERSON, pool.people)
        if again:
            self.begin_with(again)
        if pool.entries:
            most = min(len(pool.entries), operations.MOST_DRAWN)
            self.fields["take"].widget.attrs["max"] = most

    def begin_with(self, draw: Draw) -> None:
        """Propose what a draw that is made again was drawn with: the number, and who was left out for which reason."""
        self.initial.setdefault("take", draw.take)
        for prefix, left_out in ((EXCUSE, draw.excused), (PERSON, draw.excused_people)):
            for pk, _name, reason in left_out:
                self.initial.setdefault(f"{prefix}-{pk}", reason)

    def add_excuses(self, prefix: str, members: Sequence[Entry]) -> None:
        if len(members) > MOST_EXCUSED:
            return
        for each in members:
            self.fields[f"{prefix}-{each.id}"] = forms.CharField(
                label=each.name, required=False, max_length=operations.LONGEST_EXCUSE
            )

    def excuses(self, prefix: str) -> dict[int, str]:
        """Return the reasons for leaving out, by id."""
        return {
            int(name.removeprefix(f"{prefix}-")): value
            for name, value in self.cleaned_data.items()
            if name.startswith(f"{prefix}-") and value
        }

    def rows(self, prefix: str) -> list[Any]:
        """Return the fields of the reasons."""
        return [self[name] for name in self.fields if name.startswith(f"{prefix}-")]

    @property
    def entries(self) -> list[Any]:
        return self.rows(EXCUSE)

    @property
    def persons(self) -> list[Any]:
        return self.rows(PERSON)

    @property
    def says_entries(self) -> bool:
        """Whether a reason for leaving out a member was typed."""
        return any(each.value() for each in self.entries)

    @property
    def says_persons(self) -> bool:
        """Whether a reason for leaving out a person was typed."""
        return any(each.value() for each in self.persons)

    @property
    def asked(self) -> list[Any]:
        """What stands above the pool."""
        apart = tuple(f"{each}-" for each in (EXCUSE, PERSON, PAIR))
        return [each for each in self.visible_fields() if not each.name.startswith(apart)]

    @property
    def pairs(self) -> list[Any]:
        """The fields that say who must not meet whom."""
        return self.rows(PAIR)

    def terms(self) -> dict[str, Any]:
        """Return what is to be done about those drawn, as plain values."""
        raise NotImplementedError

    def barred(self) -> Sequence[tuple[int, int, str]]:
        """Return who must not meet whom, and why."""
        return ()


class DueTerms(TermsForm):
    """Terms with the day by which something is done about those drawn. ``time`` is what is proposed from today."""

    due_on = day_field(_("Due on"))
    time: dt.timedelta

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["due_on"].initial = timezone.localdate() + self.time

    def clean_due_on(self) -> dt.date:
        try:
            return operations.check_due(self.cleaned_data["due_on"])
        except ValidationError as error:
            raise ValidationError(error.messages) from error


class NewDraw(CreatePage):
    """Find a pool, look at it, freeze it."""

    template_name = "lots/new.html"
    kind = ""
    find_class: type[FindForm]
    form_class: type[TermsForm]
    submit_label = _("Freeze the pool")
    done_text = _("The pool is frozen, and its digest is in the log. Now it can be drawn.")
    hint: Words = ""
    nobody_text: Words = _("Widen the filter.")  # below an empty pool

    @property
    def lot(self) -> LotKind:
        return lot_kinds[self.kind]

    def get_title(self) -> Words:
        return self.title or self.lot.new_label

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse("lots:draws"))]

    def get_back_url(self) -> str:
        return reverse("lots:draws")

    def get_success_url(self) -> str:
        return reverse("lots:draw", args=[self.result.pk])

    def get_done_text(self) -> Words:
        if not self.again:
            return self.done_text
        if self.result.frozen_by_id != self.actor.user_id:
            return ASKED  # by somebody else, and this is theirs
        return _("The pool is frozen. It is drawn once another chief or supervisor has approved it.")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.again:
            if words := operations.refuses_again(self.again):
                return self.leave(reverse("lots:draw", args=[self.again.pk]), words)
            if waiting := selectors.replaced_by(self.again):
                return self.leave(reverse("lots:draw", args=[waiting.pk]), ASKED)
        return super().get(request, *args, **kwargs)

    @cached_property
    def again(self) -> Draw | None:
        """The draw in the URL that is to be made again. Raises Http404 for one that the actor cannot see, NotAllowed."""
        number = id_of(self.given("redraws"))
        if not number:
            return None
        draw = selectors.get_draw(self.actor, number)
        operations.require_own(self.actor, draw)
        return draw

    @cached_property
    def find(self) -> FindForm:
        """The filter: of the URL, of the draw that is made again, or the one it begins with."""
        asked = self.request.GET.copy()
        for name in ("redraws", "back"):
            asked.pop(name, None)
        data: Any = asked
        if not asked:
            data = self.find_class.data_of(self.again.criteria) if self.again else self.get_defaults()
        return self.find_class(data, actor=self.actor)

    def get_defaults(self) -> dict[str, Any]:
        """Return the filter it begins with."""
        return {}

    @cached_property
    def pool(self) -> Pool:
        """What the filter gives now; nothing while it is wrong."""
        if not self.find.is_valid():
            return Pool(())
        return self.lot.pool(self.actor, self.find.criteria(), self.again.pk if self.again else None)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"actor": self.actor, "pool": self.pool, "again": self.again}

    def perform(self, form: BaseForm) -> Draw:
        assert isinstance(form, TermsForm)
        if not self.find.is_valid():
            raise forms.ValidationError(_("The filter is wrong. Mend it first."))
        return operations.freeze(
            actor=self.actor,
            kind=self.kind,
            criteria=self.find.criteria(),
            stations=self.find.stations(),
            take=form.cleaned_data["take"],
            terms=form.terms(),
            excuses=form.excuses(EXCUSE),
            people_excuses=form.excuses(PERSON),
            barred=form.barred(),
            seen=form.cleaned_data[SEEN],
            redraws=self.again.pk if self.again else None,
            reason=form.cleaned_data.get("reason", ""),
        )

    def form_invalid(self, form: BaseForm) -> Any:
        renew(form, SEEN, operations.mark_of(self.pool))
        return super().form_invalid(form)

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        number = len(self.pool.entries)
        return super().get_context_data(
            find=self.find,
            is_found=self.find.is_valid(),
            again=self.again,
            number=number,
            people=len(self.pool.people),
            too_many=operations.too_many() if number > operations.MOST_IN_POOL else "",
            is_listed=number <= MOST_EXCUSED,
            most_listed=MOST_EXCUSED,
            hint=self.hint,
            nobody_text=self.nobody_text,
            per=self.lot.per,
            **context,
        )
