"""Subscribing a department, changing what it is told, ending it."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from deliveries.acting import answer_act
from deliveries.operations import create_subscription, edit_subscription, end_subscription
from deliveries.staff import reads, wording
from deliveries.staff.forms import EditedSubscriptionForm, NewSubscriptionForm, SubscriptionForm
from deliveries.staff.supervising import found
from foundation.accounts.access import StaleRecord, page
from foundation.accounts.forms import ReasonForm, attempt, data_of
from foundation.accounts.models import Department
from foundation.ids import id_of

FORM = ["GET", "POST"]


@require_http_methods(FORM)
@page("deliveries:subscribe")
def subscription_create(request: HttpRequest) -> HttpResponse:
    """Subscribe a department; ``?department=`` chooses it beforehand."""
    initial = {"department": id_of(request.GET.get("department")) or ""}
    form = NewSubscriptionForm(data_of(request), actor=request.actor, initial=initial)
    if form.is_valid():
        try:
            made = attempt(
                form,
                lambda: create_subscription(
                    actor=request.actor, department_id=form.cleaned_data["department"], **form.values()
                ),
            )
        except Department.DoesNotExist as error:
            raise Http404 from error
        if made is not None:
            messages.success(request, _("The department is told from the next publication on."))
            return redirect("deliveries:subscription", made.pk)
    return _form(request, form, reverse("deliveries:subscriptions"), heading=_("New subscription"))


@require_http_methods(FORM)
@page("deliveries:subscribe")
def subscription_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """Change title and filters; refused when somebody changed them meanwhile."""
    row = found(request, pk)
    back = reverse("deliveries:subscription", args=[pk])
    if not row.active:
        messages.info(request, _("The subscription has ended already."))
        return redirect(back)
    form = EditedSubscriptionForm(
        data_of(request), actor=request.actor, initial=EditedSubscriptionForm.of(row)
    )
    if form.is_valid():
        version = form.cleaned_data["version"]
        if attempt(form, lambda: _edit(request, pk, version, form)):
            messages.success(request, _("Saved. It holds from the next publication on."))
            return redirect(back)
    return _form(request, form, back, heading=_("Edit the subscription"), subscription=row)


def _edit(request: HttpRequest, pk: int, version: int, form: EditedSubscriptionForm) -> object:
    try:
        return edit_subscription(actor=request.actor, subscription_id=pk, version=version, **form.values())
    except StaleRecord:
        form.accept(found(request, pk).version)  # having read that, the person may save again
        raise


def _form(request: HttpRequest, form: SubscriptionForm, back: str, **context: object) -> HttpResponse:
    context |= {"form": form, "cancel_url": back, **_in_words(form)}
    return render(
        request, "deliveries/staff/subscription_form.html", context, status=422 if form.errors else 200
    )


def _in_words(form: SubscriptionForm) -> dict[str, object]:
    if wrong := form.wrong():
        return {"wrong": wrong}
    told = form.told()
    return {"sentences": wording.told(told, form.stations), "contradiction": wording.contradicts(told)}


@require_POST
@page("deliveries:subscribe")
def subscription_preview(request: HttpRequest) -> HttpResponse:
    """What the filters in the form mean, in words and as a figure of the last quarter (htmx).

    The form itself does not wait for the figure: it asks for it as soon as it is shown.
    """
    form = SubscriptionForm(request.POST, actor=request.actor)
    context = _in_words(form)
    if not context.get("wrong") and not context.get("contradiction"):
        context["reckoned"] = reads.reckoned(request.actor, form.told())
    return render(request, "deliveries/staff/_preview.html", context)


@require_http_methods(FORM)
@page("deliveries:subscribe")
def subscription_end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a subscription, with a reason."""
    row = found(request, pk)
    back = reverse("deliveries:subscription", args=[pk])
    if not row.active and request.method == "GET":
        messages.info(request, _("The subscription has ended already."))
        return redirect(back)
    form = ReasonForm(data_of(request))
    text = _("%(department)s gets no more messages by “%(title)s”, and none that wait are pushed. What was written stays readable.")  # fmt: skip
    return answer_act(
        request,
        form,
        lambda: end_subscription(actor=request.actor, subscription_id=pk, reason=form.cleaned_data["reason"]),
        back=back,
        place=row.title,
        title=_("End this subscription?"),
        text=text % {"department": row.department, "title": row.title},
        submit_label=_("End the subscription"),
        done=_("The subscription has ended."),
        danger=True,
    )
