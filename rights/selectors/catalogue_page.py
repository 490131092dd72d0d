"""A label's own pages: its recordings, what it said about their use, where each fact comes from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from rights.models import Consent, Party, Recording
from rights.selectors.consents import STRICTNESS, ConsentAnswer, consents_of
from rights.selectors.recording_card import RecordingCard, recording_card
from rights.selectors.song_set_view import ConsentWords, consent_words

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from django.core.paginator import Page
    from django.db.models import QuerySet

    from accounts.models import Organisation

PER_PAGE = 50
WORDS_MAX = 100


@dataclass(frozen=True)
class CatalogueRow:
    """One recording and whether it may be used today."""

    card: RecordingCard
    consent: ConsentWords


@dataclass(frozen=True)
class LabelRow:
    """A label of the organisation, and what it said about everything of its own."""

    id: UUID
    name: str
    consent: ConsentWords
    recordings: int


@dataclass(frozen=True)
class CataloguePage:
    """Everything the list shows."""

    labels: tuple[LabelRow, ...]
    rows: tuple[CatalogueRow, ...]
    page: Page[Any]
    query: str
    query_prefix: str
    total: int


@dataclass(frozen=True)
class SaidRow:
    """One thing that was said, and whether it holds today."""

    consent: Consent
    words: ConsentWords
    standing: str


@dataclass(frozen=True)
class FactRow:
    """What is believed of a field, and who told it."""

    label: str
    value: str
    source: str


def labels_of(organisation: Organisation) -> QuerySet[Party]:
    """Return the labels that the organisation speaks for."""
    return Party.objects.filter(organisation=organisation, kind=Party.Kind.LABEL)


def recordings_of_labels(organisation: Organisation) -> QuerySet[Recording]:
    """Return the recordings of the organisation's labels."""
    return Recording.objects.filter(label__in=labels_of(organisation))


def catalogue_page(*, organisation: Organisation, text: str, number: int) -> CataloguePage:
    """Return one page of the organisation's recordings, in eight queries for any size."""
    words = text.strip()[:WORDS_MAX]
    mine = recordings_of_labels(organisation)
    found = mine.select_related("label").prefetch_related("listings")
    for word in words.split():
        by_code = Q(isrc__istartswith=word.replace("-", ""))
        found = found.filter(
            by_code
            | Q(title__icontains=word)
            | Q(artist__icontains=word)
            | Q(album__icontains=word)
        )
    page = Paginator(found, PER_PAGE).get_page(number)
    shown = list(page.object_list)
    answers = consents_of(shown, timezone.localdate())
    return CataloguePage(
        labels=_labels(organisation),
        rows=tuple(
            CatalogueRow(recording_card(each), consent_words(answers[each.pk])) for each in shown
        ),
        page=page,
        query=words,
        query_prefix=f"{urlencode({'q': words})}&" if words else "",
        total=page.paginator.count,
    )


def consents_said(subject: Recording | Party) -> tuple[SaidRow, ...]:
    """Return all that was ever said about one recording or one label, newest first."""
    own = {"recording": subject} if isinstance(subject, Recording) else {"label": subject}
    today = timezone.localdate()
    return tuple(_said_row(each, today) for each in Consent.objects.filter(**own))


def _said_row(consent: Consent, today: date) -> SaidRow:
    is_over = consent.valid_to is not None and consent.valid_to <= today
    if consent.withdrawn_at is not None:
        standing = _("Withdrawn")
    elif is_over:
        standing = _("Over")
    else:
        standing = _("Holds") if consent.valid_from <= today else _("Begins later")
    words = consent_words(ConsentAnswer(consent.state, consent.terms, by=consent.said_by))  # type: ignore[arg-type]
    holds = not is_over and consent.withdrawn_at is None and consent.valid_from <= today
    return SaidRow(consent, words if holds else replace(words, kind="neutral"), standing)


def facts_of(recording: Recording) -> tuple[FactRow, ...]:
    """Return every field with the value that was told last by each source."""
    names = {field.name: str(getattr(field, "verbose_name", field.name)) for field in FIELDS}
    seen: dict[tuple[str, str], FactRow] = {}
    for fact in recording.facts.order_by("field", "-id"):
        key = (fact.field, fact.source)
        if key not in seen and fact.value not in ("", None, []):
            value = ", ".join(fact.value) if isinstance(fact.value, list) else str(fact.value)
            seen[key] = FactRow(names.get(fact.field, fact.field), value, fact.source)
    return tuple(seen.values())


FIELDS = Recording._meta.get_fields()  # noqa: SLF001 - Django's own way to a column's name


def _labels(organisation: Organisation) -> tuple[LabelRow, ...]:
    labels = list(labels_of(organisation).annotate(held=Count("recordings")))
    said: dict[UUID | None, list[Consent]] = {}
    for consent in Consent.objects.on(timezone.localdate()).filter(label__in=labels):
        said.setdefault(consent.label_id, []).append(consent)
    return tuple(
        LabelRow(each.pk, each.name, _strictest(said.get(each.pk, [])), each.held)
        for each in labels
    )


def _strictest(said: list[Consent]) -> ConsentWords:
    """Return what holds of several things said, as ``consent_of`` decides it."""
    if not said:
        return ConsentWords("neutral", _("Nothing said yet"))
    last = max(said, key=lambda consent: (STRICTNESS[consent.state], consent.pk))
    return consent_words(ConsentAnswer(last.state, last.terms, by=last.said_by))  # type: ignore[arg-type]
