"""The list of draws, one draw with everything that decided it, and its acts: draw, approve."""

from typing import Any

import django_filters
import django_tables2 as tables
from django import forms
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import View

from foundation.accounts.access import allows
from foundation.accounts.actors import Actor
from foundation.contributions.lots import lot_kinds
from foundation.downloads import XLSX, private_file
from foundation.exports import operations as exports
from foundation.exports.choices import Format
from foundation.exports.sheets import file_name
from foundation.lots import operations, selectors
from foundation.lots.access import Permission
from foundation.lots.choices import DrawState
from foundation.lots.models import Draw
from foundation.lots.sheet import write_sheet
from foundation.ui import links
from foundation.ui.filters import PicksFilter
from foundation.ui.forms import answer_field, reason_field
from foundation.ui.tables import Table, badge, opening
from foundation.ui.views import ActPage, Button, ButtonPage, Crumb, ListPage, OfRecord, Page, RecordPage
from foundation.words import Words, labelled, listed

TITLE = gettext_lazy("Random draws")
TONES = {
    DrawState.ASKED: "yellow",
    DrawState.FROZEN: "blue",
    DrawState.DRAWN: "green",
    DrawState.REPLACED: "secondary",
    DrawState.DECLINED: "secondary",
}
POOL_PAGE = 50


def filter_words(draw: Draw) -> str:
    """Return the filter of a draw in one line."""
    return " · ".join(labelled(label, value) for label, value in draw.lot.words(draw.criteria))


class DrawFilter(django_filters.FilterSet):
    """Kind of draw."""

    kind = PicksFilter(label=gettext_lazy("Kind"), empty_label=gettext_lazy("All"))

    def __init__(self, *args: Any, actor: Actor, **options: Any) -> None:
        super().__init__(*args, **options)
        self.filters["kind"].extra["choices"] = [
            (each.code, each.title) for each in lot_kinds if allows(actor, each.view)
        ]


class DrawTable(Table):
    """Draws with their filter, pool and state."""

    kind = tables.Column(verbose_name=gettext_lazy("Draw"), orderable=False)
    frozen_at = tables.Column(verbose_name=gettext_lazy("Pool frozen"), orderable=False)
    take = tables.Column(verbose_name=gettext_lazy("Drawn of the pool"), orderable=False)
    frozen_by = tables.Column(verbose_name=gettext_lazy("By"), orderable=False)
    state = tables.Column(verbose_name=gettext_lazy("State"), orderable=False)

    sheet_labels = {"kind": (gettext_lazy("Draw"), gettext_lazy("Filter"), "")}

    class Meta:
        order_by_field = "sort"

    def render_kind(self, record: Draw) -> SafeString:
        url = reverse("lots:draw", args=[record.pk])
        return opening(url, f"{record.lot.title} {record}", filter_words(record))

    def render_frozen_at(self, record: Draw) -> str:
        return timezone.localdate(record.frozen_at).isoformat()

    def render_take(self, record: Any) -> str:
        return f"{record.take} / {record.members}"

    def render_state(self, record: Draw) -> SafeString:
        return badge(TONES[record.state], record.state.label)


class Draws(ListPage):
    """All draws, the latest first; above them what of them waits for the reader."""

    permission = Permission.VIEW_DRAWS
    title = TITLE
    template_name = "lots/draws.html"
    filterset_class = DrawFilter
    table_class = DrawTable
    icon = "arrows-shuffle"
    empty_title = gettext_lazy("Nothing was drawn by lot yet")
    empty_text = gettext_lazy(
        "A filter gives the pool. Its digest is logged before there is a seed, so nobody can choose who is drawn."
    )

    def get_queryset(self) -> QuerySet[Draw]:
        return selectors.draws_for_list(self.actor)

    def get_filterset_kwargs(self, filterset_class: Any) -> dict[str, Any]:
        return super().get_filterset_kwargs(filterset_class) | {"actor": self.actor}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        kinds = [each for each in lot_kinds if allows(self.actor, each.permission)]
        new = [Button(each.new_label, reverse(each.new_page), each.icon, dialog=False) for each in kinds]
        waiting = [each for kind in lot_kinds for each in kind.waiting(self.actor)]
        return super().get_context_data(buttons=new, waiting=waiting, **context)


class OfDraw(OfRecord):
    """A page about the draw in the URL."""

    permission = Permission.VIEW_DRAWS
    record: Draw

    def find_record(self) -> Draw:
        return selectors.get_draw(self.actor, self.kwargs["id"])

    def get_back_url(self) -> str:
        return reverse("lots:draw", args=[self.record.pk])


class DrawPage(OfDraw, RecordPage):
    """One draw: what was drawn first, then how anybody can draw it again, then the pool. ``?check=1`` draws again."""

    template_name = "lots/draw.html"

    def get_title(self) -> Words:
        return f"{self.record.lot.title} {self.record}"

    def get_trail(self) -> list[Crumb]:
        return [Crumb(TITLE, reverse("lots:draws"))]

    def get_buttons(self) -> list[Button]:
        draw = self.record
        if not operations.may_act(self.actor, draw):
            return []
        if draw.state is DrawState.ASKED and not operations.refuses_decision(self.actor, draw):
            return [Button(_("Decide"), reverse("lots:decide", args=[draw.pk]), "gavel")]
        if draw.state is DrawState.DRAWN:
            url = links.to(draw.lot.new_page, redraws=draw.pk)
            return [Button(_("Draw again"), url, "refresh", dialog=False, is_primary=False)]
        return []

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        draw, lot = self.record, self.record.lot
        names, people = dict(each[:2] for each in draw.pool), dict(each[:2] for each in draw.people)
        notes = lot.notes(self.actor, draw) if draw.seed else {}
        steps = lot.steps(self.actor, draw) if draw.state is DrawState.DRAWN else {}
        drawn = [
            {
                "name": names.get(pk, ""),
                "url": reverse(lot.entry_page, args=[pk]),
                "people": listed(people.get(each, "") for each in with_people),
                "note": notes.get(pk, ""),
                "step": steps.get(pk),
            }
            for pk, with_people in draw.result
        ]
        again = selectors.replaced_by(draw) if draw.seed else None
        asks = self.given("check") == "1" and draw.seed is not None
        barred = [
            (people.get(person, ""), names.get(entry, ""), reason) for person, entry, reason in draw.barred
        ]
        return super().get_context_data(
            draw=draw,
            tone=TONES[draw.state],
            filter=lot.words(draw.criteria),
            terms=lot.terms_words(draw.terms_now),
            drawn=drawn,
            excused=[*draw.excused, *draw.excused_people],
            barred=barred,
            again=again,
            is_equal=operations.is_as_drawn(draw) if asks else None,
            may_draw=draw.state is DrawState.FROZEN and operations.may_act(self.actor, draw),
            refused=operations.refuses_decision(self.actor, draw) if draw.state is DrawState.ASKED else "",
            page=self.page_of(draw.pool, POOL_PAGE),
            **context,
        )


class DrawSheet(OfDraw, Page, View):
    """One draw as a workbook."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        title = f"{self.record.lot.title} {self.record}"
        number = len(self.record.pool) + len(self.record.excused)
        exports.record_file(actor=self.actor, title=title, kind=Format.XLSX, rows=number)
        return private_file(write_sheet(self.record, title), XLSX, file_name(title, "xlsx"))


class DrawNow(OfDraw, ButtonPage):
    """Make the seed and draw."""

    def perform(self) -> Draw:
        return operations.draw_lot(actor=self.actor, id=self.record.pk)


class DecideForm(forms.Form):
    """Whether a draw may be made again, and why."""

    approved = answer_field(gettext_lazy("Draw again"), required=True)
    reason = reason_field()


class DrawDecide(OfDraw, ActPage):
    """Approve that a draw is made again, or decline it."""

    form_class = DecideForm
    title = gettext_lazy("Draw again?")
    done_text = gettext_lazy("Your decision was recorded.")

    def find_record(self) -> Draw:
        draw = super().find_record()
        operations.require_own(self.actor, draw)
        return draw

    def get_text(self) -> Words:
        words = _("%(name)s asks for it: %(reason)s")
        return words % {"name": self.record.frozen_by, "reason": self.record.redraw_reason}

    def get_refusal(self) -> Words:
        return operations.refuses_decision(self.actor, self.record)

    def perform(self, form: BaseForm) -> Draw:
        return operations.decide(actor=self.actor, id=self.record.pk, **self.values(form))
