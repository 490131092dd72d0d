"""``POST /webhooks/stripe/``: Stripe tells that something changed.

The answer is 2xx only after the row is committed, and says nothing else: Stripe sends again what it
gets no 2xx for, for three days.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.billing.events import event_parse
from accounts.billing.ports import EventUnreadableError, SignatureInvalidError
from rights.services.payout_events import event_keep

if TYPE_CHECKING:
    from django.http import HttpRequest

log = structlog.get_logger(__name__)
LONGEST_BODY = 1 << 20
NO_CONTENT, BAD_REQUEST, TOO_LARGE = 204, 400, 413


@csrf_exempt
@require_POST
def stripe_event(request: HttpRequest) -> HttpResponse:
    """Keep a message that Stripe has signed within the last five minutes."""
    length = request.headers.get("Content-Length", "")
    if not length.isdecimal() or int(length) > LONGEST_BODY:
        return HttpResponse(status=TOO_LARGE)
    body = request.body
    try:
        event = event_parse(
            body=body,
            signature=request.headers.get("Stripe-Signature", ""),
            secrets=settings.STRIPE_WEBHOOK_SECRETS,
            now=timezone.now(),
        )
    except (SignatureInvalidError, EventUnreadableError) as refusal:
        log.warning("webhook_refused", code=refusal.code)
        return HttpResponse(status=BAD_REQUEST)
    event_keep(event=event, body=body)
    return HttpResponse(status=NO_CONTENT)
