"""How the stand-ins of outside services are started: a program that loads nothing of the product."""

from __future__ import annotations

import sys

from django.conf import settings


def program(*, host: str = "127.0.0.1", port: int | None = None) -> list[str]:
    """Return the command line that serves them, to be run in the folder of the code.

    ``port`` is that of the first one; None: where the settings expect it.
    """
    first = settings.SANDBOX_PORT if port is None else port
    return [sys.executable, "-m", "config.sandbox", "--host", host, "--port", str(first)]


def environment(*, site_url: str = "") -> dict[str, str]:
    """Return what they are told on top of the environment: whom Stripe's one sends its messages to.

    That is the product at ``site_url``; empty: at the address of the settings.
    """
    site = (site_url or settings.SITE_URL).rstrip("/")
    return {
        "SANDBOX_STRIPE_WEBHOOK_URL": f"{site}/webhooks/stripe/",
        "SANDBOX_STRIPE_WEBHOOK_SECRET": next(iter(settings.STRIPE_WEBHOOK_SECRETS), ""),
    }
