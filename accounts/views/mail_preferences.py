"""Choose one's mails: in the settings, by the link in a mail, and by one click (RFC 8058)."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from accounts.domain.mail_kinds import ALWAYS, KINDS
from accounts.forms.mail_preferences import MailPreferencesForm
from accounts.selectors.mail_preferences import mail_kinds_wanted
from accounts.services.mail_preferences import (
    mail_choice_by_token,
    mail_is_refused,
    mail_kind_refuse,
    mail_kind_want,
    mail_preferences_set,
)

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from accounts.http import PersonHttpRequest
    from accounts.services.mail_preferences import MailChoice

ONE_CLICK = {"List-Unsubscribe": ["One-Click"]}  # RFC 8058, section 3.1: the whole body


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def mail_preferences(request: HttpRequest) -> HttpResponse:
    """Show and change which mails the person gets."""
    user = cast("PersonHttpRequest", request).user
    form = MailPreferencesForm(
        request.POST if request.method == "POST" else None,
        initial={"wanted": mail_kinds_wanted(user)},
    )
    if request.method == "POST" and form.is_valid():
        mail_preferences_set(user=user, wanted=form.cleaned_data["wanted"])
        messages.success(request, _("Your choice of mails is saved."))
        return redirect("accounts:mail-preferences")
    context = {"form": form, "always": ALWAYS}
    status = 422 if form.errors else 200
    return render(request, "accounts/mail_preferences.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
@csrf_exempt  # for the one-click body alone; every other POST goes through csrf_protect below
def mail_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link in a mail leads: look, then refuse or want these mails, without a log-in.

    A mail program posts the one-click body here by itself. It has no cookie, so there is nothing
    that a forged request could borrow; the signed token is all that counts.
    """
    choice = mail_choice_by_token(token)
    if choice is None:
        response = render(request, "accounts/mail_stop_gone.html", status=404)
    elif request.method == "POST" and _is_one_click(request):
        mail_kind_refuse(user=choice.user, kind=choice.kind, by="one_click")
        response = _stop_page(request, choice)
    else:
        response = _stop_by_hand(request, choice)
    response["Referrer-Policy"] = "no-referrer"  # the address of this page is a key
    return response


@csrf_protect
def _stop_by_hand(request: HttpRequest, choice: MailChoice) -> HttpResponse:
    if request.method != "POST":
        return _stop_page(request, choice)
    change = mail_kind_want if request.POST.get("do") == "want" else mail_kind_refuse
    change(user=choice.user, kind=choice.kind, by="link")
    return HttpResponseRedirect(request.path)  # so that loading the page again repeats nothing


def _stop_page(request: HttpRequest, choice: MailChoice) -> HttpResponse:
    context = {
        "kind": KINDS[choice.kind],
        "is_refused": mail_is_refused(user=choice.user, kind=choice.kind),
        "always": ALWAYS,
    }
    return render(request, "accounts/mail_stop.html", context)


def _is_one_click(request: HttpRequest) -> bool:
    """Say whether the body is RFC 8058's and nothing else, as a form or as multipart."""
    return dict(request.POST.lists()) == ONE_CLICK and not request.FILES
