"""Is this receipt genuine, do its sums agree, is it about this audio? Needs nothing but the files."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from generation.attribution.canonical import NotCanonicalError, parse
from generation.attribution.receipt import signed_part
from generation.attribution.receipt_keys import is_signed
from generation.attribution.receipt_shape import SIGNED, misfits
from generation.attribution.receipt_sums import (
    Fault,
    gettext_noop,
    shape_faults,
    sum_faults,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping


class Question(StrEnum):
    """What is asked of a receipt, in this order."""

    FORM = "form"
    SIGNATURE = "signature"
    KEY = "key"
    SUMS = "sums"
    AUDIO = "audio"


ANSWERS: dict[tuple[Question, bool | None], str] = {
    (Question.FORM, True): gettext_noop("The file is in the form in which receipts are issued."),
    (Question.FORM, False): gettext_noop(
        "The file is not in the form in which receipts are issued: it was changed, or is none."
    ),
    (Question.SIGNATURE, True): gettext_noop("The signature fits: nothing was changed since."),
    (Question.SIGNATURE, False): gettext_noop("The signature does not fit: something was changed."),
    (Question.KEY, True): gettext_noop("The key is one that this installation publishes."),
    (Question.KEY, False): gettext_noop(
        "The key is not one that this installation publishes, so somebody else may have signed."
    ),
    (Question.KEY, None): gettext_noop("Whose key it is was not asked."),
    (Question.SUMS, True): gettext_noop(
        "Every bar, every layer, the song and both pools sum to the millionth."
    ),
    (Question.SUMS, False): gettext_noop("The shares do not agree."),
    (Question.AUDIO, True): gettext_noop("The audio file is the one that the receipt is about."),
    (Question.AUDIO, False): gettext_noop(
        "The audio file is not the one that the receipt is about, or was changed. "
        "Compare the WAV: FLAC, MP3 and AAC copies differ too."
    ),
    (Question.AUDIO, None): gettext_noop("No audio file was given to compare."),
}


@dataclass(frozen=True)
class Check:
    """The answer to one question: yes, no, or (None) not asked. ``faults`` say more of a no."""

    question: Question
    passed: bool | None
    faults: tuple[Fault, ...] = ()

    @property
    def text(self) -> str:
        """Return the answer as an English sentence, which is also the key of its translation."""
        return ANSWERS[self.question, self.passed]

    def words(self) -> str:
        """Return the answer and what more there is to say, in English."""
        return " ".join([self.text, *(f"{fault.words()}." for fault in self.faults)])


@dataclass(frozen=True)
class Verification:
    """All answers; ``content`` is the receipt, once its form was right."""

    checks: tuple[Check, ...]
    content: Mapping[str, Any] | None = None

    @property
    def valid(self) -> bool:
        """Tell whether no question was answered with no."""
        return all(check.passed is not False for check in self.checks)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return what is wrong, in English; empty when the receipt is valid."""
        return tuple(check.words() for check in self.checks if check.passed is False)


def verify(
    receipt: bytes,
    *,
    keys: Collection[str] | None = None,
    audio_sha256: str | None = None,
) -> Verification:
    """Check a receipt as it was issued, byte for byte.

    Parameters
    ----------
    keys
        Public keys that are believed, in hexadecimal figures. Without them anybody may have signed,
        and :attr:`Question.KEY` stays unanswered.
    audio_sha256
        SHA-256 of an audio file that the receipt should be about, in hexadecimal figures.
    """
    try:
        content = parse(receipt)
    except NotCanonicalError:
        return Verification((Check(Question.FORM, passed=False),))
    if places := list(misfits(content, SIGNED)):
        return Verification((Check(Question.FORM, passed=False, faults=shape_faults(places)),))
    return Verification(tuple(_checks(content, keys, audio_sha256)), content)


def _checks(
    content: Mapping[str, Any], keys: Collection[str] | None, audio_sha256: str | None
) -> Iterator[Check]:
    signature = content["signature"]
    yield Check(Question.FORM, passed=True)
    fits = is_signed(signed_part(content), signature["value"], signature["public_key"])
    yield Check(Question.SIGNATURE, passed=fits)
    yield Check(Question.KEY, passed=None if keys is None else signature["public_key"] in keys)
    faults = sum_faults(content)
    yield Check(Question.SUMS, passed=not faults, faults=faults)
    same = None if audio_sha256 is None else audio_sha256.lower() == content["audio_sha256"]
    yield Check(Question.AUDIO, passed=same)
