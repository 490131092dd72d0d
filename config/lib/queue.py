"""The one door to django-q2.

A queue message is a doorbell, never the truth. With the ORM broker it is a row of the same
database and commits or rolls back with the caller's transaction, so no ``on_commit`` is needed
(any other broker would need one). What matters has a row of its own and is rung for again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

# async_task() takes these names out of the task's own keyword arguments without a word
# (read in django_q.tasks, 1.11).
RESERVED_ARGUMENTS = frozenset(
    {
        "ack_failure",
        "broker",
        "cached",
        "chain",
        "cluster",
        "group",
        "hook",
        "iter_cached",
        "iter_count",
        "q_options",
        "save",
        "sync",
        "task_name",
        "timeout",
    }
)


def push(task: str, /, *, to: str = "mail", **kwargs: int | str) -> None:
    """Send ``task``, the dotted path of a keyword-only callable, to the cluster ``to``.

    Only ids and short strings travel: the payload is a pickle signed with ``SECRET_KEY``.

    Raises
    ------
    ValueError
        If an argument has a name that django-q2 would take for itself.
    """
    if taken := RESERVED_ARGUMENTS & kwargs.keys():
        msg = f"django-q2 would swallow {sorted(taken)}; rename the argument"
        raise ValueError(msg)
    from django_q.tasks import async_task  # imports models: only once the apps are ready

    # A mail task that fails stays in its queue and is tried again; a doorbell never is.
    async_task(task, q_options={"cluster": to, "ack_failure": to != "mail"}, **kwargs)


def waiting(to: str) -> int:
    """Return how many messages of the cluster ``to`` no worker has been offered yet."""
    from django.db.models.functions import Now
    from django_q.models import OrmQ

    return int(OrmQ.objects.filter(key=to, lock__lte=Now()).count())


def on_task(callback: Callable[[], None]) -> None:
    """Call ``callback`` in the worker before each task: django-q2's only hook around a task."""
    from django_q.signals import pre_execute

    def before(**_: object) -> None:
        callback()

    pre_execute.connect(before, weak=False)
