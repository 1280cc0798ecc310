"""Views of lists that a person keeps: saving one, forgetting one."""

from typing import Any

from django import forms
from django.forms import BaseForm
from django.http import Http404
from django.urls import Resolver404, resolve
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from foundation.accounts import access
from foundation.lists import operations
from foundation.lists.models import SavedView
from foundation.people.forms import SavedViewForm
from foundation.ui.views import ActPage, Crumb, FormPage, ListPage


class ViewSave(FormPage):
    """Keep a list as it is shown, under a name. The list and its query come with the link."""

    permission = access.SIGNED_IN
    title = gettext_lazy("Keep this view")
    template_name = "ui/act.html"
    dialog_template = "_confirm.html"
    form_class = SavedViewForm
    text = gettext_lazy("The filters, the order and the columns of this list are kept under a name.")
    done_text = gettext_lazy("The view is kept.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"may_share": operations.may_share(self.actor)}

    def get_initial(self) -> dict[str, Any]:
        names = ("list", "query", "name")
        asked = {name: self.request.GET.get(name, "").replace("\x00", "") for name in names}
        kept = operations.own_view(self.actor, asked["list"], asked["name"])
        return asked | ({"is_shared": kept.is_shared, "is_default": kept.is_default} if kept else {})

    @property
    def path(self) -> str:
        """The address of the list, which must be one that the actor may see."""
        path = self.request.POST.get("list") or self.request.GET.get("list") or ""
        try:
            found = resolve(path)
        except Resolver404 as error:
            raise Http404("there is no such list") from error
        view: Any = found.func
        page: Any = getattr(view, "view_class", object)
        if found.kwargs or not issubclass(page, ListPage) or page.filterset_class is None:
            raise Http404("this is no list of which views are kept")
        if self.actor.is_enterprise or not access.allows(self.actor, view.permission):
            raise access.NotAllowed(view.permission)
        return path

    def perform(self, form: BaseForm) -> SavedView:
        values = self.values(form)
        return operations.save_view(
            actor=self.actor,
            path=self.path,
            query=values["query"],
            name=values["name"],
            is_shared=values.get("is_shared", False),
            is_default=values["is_default"],
        )

    def get_back_url(self) -> str:
        return self.path

    def get_success_url(self) -> str:
        return self.result.url


class ViewRemove(ActPage):
    """Forget a view: one's own, or one that one's people share."""

    permission = access.SIGNED_IN
    title = gettext_lazy("Remove a view")
    form_class = forms.Form
    danger = True
    submit_label = gettext_lazy("Remove")
    done_text = gettext_lazy("The view is removed.")

    def find_record(self) -> SavedView:
        view = SavedView.objects.select_related("user").defer("user__password").get(pk=self.kwargs["pk"])
        if not operations.may_remove(self.actor, view):
            raise SavedView.DoesNotExist
        return view

    def get_trail(self) -> list[Crumb]:
        return [Crumb(_("The list"), self.get_back_url())]

    def get_text(self) -> str:
        return _("Your colleagues no longer see it either.") if self.record.is_shared else ""

    def perform(self, form: BaseForm) -> SavedView:
        return operations.remove_view(actor=self.actor, pk=self.record.pk)

    def get_back_url(self) -> str:
        return f"{self.record.path}?{operations.VIEW}=0"
