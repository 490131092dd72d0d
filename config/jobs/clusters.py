"""The setting ``Q_CLUSTER``: django-q2 as a doorbell that never interferes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def queue_clusters(workers: Mapping[str, int]) -> dict[str, Any]:
    """Return ``Q_CLUSTER`` for ``workers`` processes per queue.

    ``timeout`` and ``retry`` are out of the way on purpose: the job layer owns time. Only mail
    tasks, which have no job, are limited and repeated by django-q2 (docs/explanation/jobs.md).
    """
    return {
        "name": "cpu",
        "orm": "default",
        "cache": "nowhere",  # its status, written twice a second and read by nobody
        "workers": workers["cpu"],
        "queue_limit": 1,
        "bulk": 1,
        "poll": 0.2,
        "timeout": 86_000,
        "retry": 86_400,
        "ack_failures": True,
        "max_attempts": 1,
        "recycle": 2_000,  # workers stay small, and a recycled one takes its warm child along
        "save_limit": -1,
        "catch_up": False,
        "label": "Queue",
        "ALT_CLUSTERS": {
            "gpu": {"workers": workers["gpu"]},
            "mail": {
                "workers": workers["mail"],
                "timeout": 60,
                "retry": 120,
                "max_attempts": 3,
            },
        },
    }
