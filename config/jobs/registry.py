"""Which function does the work of which kind of job. The apps above fill it as they start."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils.module_loading import import_string

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from django_stubs_ext import StrOrPromise

HOUR_S = 3600


class JobKindUnknownError(LookupError):
    """No app has registered this kind: a misspelling, or a worker older than the web process."""


@dataclass(frozen=True)
class Kind:
    """What the job layer knows about one kind of work."""

    name: str
    handler: str
    title: StrOrPromise
    steps: dict[str, StrOrPromise] = field(default_factory=dict)
    is_warm: bool = False
    time_limit_s: float = HOUR_S
    max_attempts: int = 3
    on_retry: str = ""

    def load(self) -> Callable[[Any], None]:
        """Import the handler; only the child process does, for it may import heavy packages."""
        handler: Callable[[Any], None] = import_string(self.handler)
        return handler


_kinds: dict[str, Kind] = {}


def register(
    kind: str,
    handler: str,
    *,
    title: StrOrPromise,
    steps: Sequence[str | tuple[str, StrOrPromise]] = (),
    warm: bool = False,
    time_limit_s: float = HOUR_S,
    max_attempts: int = 3,
    on_retry: str = "",
) -> None:
    """Say how jobs of ``kind`` are done; called from ``AppConfig.ready()``.

    Parameters
    ----------
    handler
        Dotted path of ``def handler(run: Run) -> None``, imported in the child process only.
    title
        What people call this work, translatable.
    steps
        The stages in order: a name, or a name with the label that people read.
    warm
        Run in a child that serves several jobs, for handlers whose imports cost seconds.
    time_limit_s
        Seconds one attempt may take before it is killed.
    max_attempts
        How often the job may start, crashes included.
    on_retry
        Dotted path of ``def moved(*, old: Job, new: Job) -> None``, called in the transaction of
        a retry by hand, so that rows pointing at the old job can follow.

    Raises
    ------
    ValueError
        If the kind is registered already, with another meaning.
    """
    pairs = dict((step, step) if isinstance(step, str) else step for step in steps)
    made = Kind(kind, handler, title, pairs, warm, time_limit_s, max_attempts, on_retry)
    if _kinds.setdefault(kind, made) != made:
        msg = f"the job kind {kind!r} is registered twice"
        raise ValueError(msg)


def get(kind: str) -> Kind:
    """Return the kind.

    Raises
    ------
    JobKindUnknownError
        If nobody registered it.
    """
    try:
        return _kinds[kind]
    except KeyError:
        msg = f"no app has registered the job kind {kind!r}"
        raise JobKindUnknownError(msg) from None


def find(kind: str) -> Kind | None:
    """Return the kind, or None for one that only older or newer code knows."""
    return _kinds.get(kind)


def kinds() -> Iterator[Kind]:
    """Yield every kind, for the checks and the tests."""
    yield from _kinds.values()
