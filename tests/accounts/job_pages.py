"""The pages of jobs as tests ask for them and read them."""

from __future__ import annotations

import re

from django.urls import reverse

from accounts.models import AuditEntry
from config.jobs.models import Job

LIST = reverse("accounts:job-list")
PART = {"HX-Request": "true", "HX-Request-Type": "partial"}


def text_of(response) -> str:
    """Return what a person reads, without the markup."""
    body = re.sub(r"<head>.*?</head>", "", response.content.decode(), flags=re.DOTALL)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body))


def tag_in(response) -> str:
    """Return the tag that the next poll of this page would send."""
    found = re.search(r'hx-ptag="([^"]+)"', response.content.decode())
    assert found
    return found.group(1)


def poll(client, tag: str, url: str = LIST):
    """Ask as the page does every two seconds, with the tag of what it shows."""
    return client.get(url, headers={**PART, "HX-PTag": tag})


def snapshot() -> list[tuple[object, ...]]:
    """Return everything that an act on a job could have changed."""
    return list(Job.objects.order_by("pk").values_list()) + list(AuditEntry.objects.values_list())
