"""Enterprises without a liaison officer, or whose liaison officer no longer works at the station."""

from django.db.models import Exists, OuterRef, QuerySet, Subquery, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy

from enterprises.choices import LiaisonKind
from enterprises.models import Enterprise, Liaison
from enterprises.selectors import liaisons_who_left, on_register
from foundation.contributions.work import Work, register
from foundation.database.composing import TODAY


def _without_liaison() -> QuerySet[Enterprise]:
    serving = Liaison.objects.filter(enterprise=OuterRef("pk"), kind=LiaisonKind.MAIN, until_on=None)
    return Enterprise.objects.filter(on_register(TODAY)).filter(~Exists(serving))


register(
    Work(
        code="liaison",
        title=gettext_lazy("Without a liaison officer"),
        icon="user-question",
        rank=70,
        rows=_without_liaison,
        enterprise="",
        noun=gettext_lazy("No liaison officer"),
        act=gettext_lazy("Assign"),
        act_page="enterprises:liaison",
        act_in_place=True,
        list_page="enterprises:list",
        whole_station=True,  # also for officers who see only their own enterprises: one of them should take these over
    ),
    Work(
        code="liaison_left",
        title=gettext_lazy("Liaison officer no longer at the station"),
        icon="user-off",
        rank=65,
        rows=lambda: Enterprise.objects.filter(on_register(TODAY)).filter(Exists(liaisons_who_left())),
        enterprise="",
        noun=gettext_lazy("Liaison officer has left"),
        text=Cast(Subquery(liaisons_who_left().values("officer__full_name")[:1]), TextField()),
        act=gettext_lazy("Assign"),
        act_page="enterprises:liaison",
        act_in_place=True,
        list_page="enterprises:list",
        whole_station=True,
    ),
)
