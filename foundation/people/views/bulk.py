"""An act on many rows of a list: how far it is, what it did and whom it refused."""

from typing import Any

from django.http import Http404
from django.utils.functional import cached_property
from django.views.generic import TemplateView

from foundation.accounts import access
from foundation.bulk import operations
from foundation.bulk.acts import BulkAct, act_at, acts_at, title_at
from foundation.bulk.models import BulkRun
from foundation.ui.views import Crumb, OfRecord, RecordPage


class OfRun(OfRecord):
    """A page about an act on many of one's own, in the role that began it, while that role may do it."""

    permission = access.SIGNED_IN

    def find_record(self) -> BulkRun:
        return operations.list_runs(self.actor).get(pk=self.kwargs["pk"])

    @cached_property
    def act(self) -> BulkAct:
        """The act, which the role must still be allowed to do. 404 if an upgrade has removed it."""
        act = act_at(self.record.path, self.record.act)
        if act is None:
            raise Http404("the list no longer has this act")
        access.require(self.actor, act.permission)
        return act

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        run, act = self.record, self.act
        refused = run.reasons
        names = act.names(self.actor, list(refused)) if refused and run.is_over else {}
        return super().get_context_data(
            run=run,
            act=act,
            finished=run.total - len(run.left),
            done_text=act.result(run.done),
            same_text=act.same(run.same) if run.same else "",
            refused=[(pk, name, act.address(pk), refused[pk]) for pk, name in names.items()],
            gone=len(refused) - len(names),
            made=act.made(self.actor, run.arguments) if run.done and run.is_over else [],
            acts=[each for each in acts_at(run.path) if access.allows(self.actor, each.permission)],
            **context,
        )


class Run(OfRun, RecordPage):
    """One act on many."""

    template_name = "accounts/bulk_run.html"

    def get_trail(self) -> list[Crumb]:
        return [Crumb(title_at(self.record.path) or self.record.title, self.record.list_url)]

    def get_title(self) -> str:
        return str(self.act.label)


class RunProgress(OfRun, TemplateView):
    """The same, asked for again and again while it is under way (htmx)."""

    template_name = "accounts/_bulk_run.html"
