"""A receipt is written one way, refused when it does not add up, and any change to it shows."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generation.attribution.canonical import Seconds, canonical, parse
from generation.attribution.receipt import ReceiptBar, ReceiptRefusedError, receipt_body, sign
from generation.attribution.receipt_keys import ReceiptKeyError, read_key, signing_key
from generation.attribution.verification import Question, verify
from tests.generation.receipt.facts import (
    ACE,
    AUDIO,
    BARS,
    KEY,
    OTHER_KEY,
    PLUM,
    SEED_KEY,
    SHARES,
    SOURCES,
    small_facts,
)

RECEIPT = sign(receipt_body(small_facts()), KEY)
PINNED = "3eed3839701f66cab8a60551c66646506fbd5f358aa4d42fa53f29a2501b1380"


def answers(found):
    return {check.question: check.passed for check in found.checks}


def resigned(change):
    """Return the receipt after ``change`` to its content, signed again by the same key."""
    content = parse(RECEIPT)
    change(content)
    del content["signature"]
    return sign(canonical(content), KEY)


def test_a_receipt_says_what_the_issue_lists_and_nothing_else():
    content = json.loads(RECEIPT)

    assert list(content) == [
        "audio_sha256",
        "bars",
        "base_model",
        "created_at",
        "engine",
        "layers",
        "policy",
        "pools",
        "receipt_version",
        "seed",
        "signature",
        "song_id",
        "sources",
        "version_id",
    ]
    assert content["pools"] == {"references_ppm": 670_000, "catalogue_ppm": 330_000}
    assert content["bars"][1] == {
        "bar": 2,
        "start_s": 2.5,
        "end_s": 5,
        "section": "verse 1",
        "shares": SHARES,
    }
    assert content["created_at"] == "2026-11-21T09:30:00.000250Z"
    assert [source["isrc"] for source in content["sources"]] == [PLUM, ACE, "base"]


def test_the_same_facts_are_the_same_bytes_whatever_order_they_come_in():
    shuffled = small_facts(
        sources=SOURCES[::-1],
        bars=BARS[::-1],
        layers={"drums": {PLUM: 1_000_000}, "melody": dict(reversed(SHARES.items()))},
        created_at=datetime(2026, 11, 21, 10, 30, 0, 250, tzinfo=timezone(timedelta(hours=1))),
    )

    assert sign(receipt_body(shuffled), KEY) == RECEIPT
    # Pinned: a receipt that is out in the world must not be written differently tomorrow.
    assert hashlib.sha256(RECEIPT).hexdigest() == PINNED


def test_a_receipt_that_was_just_issued_passes_every_question():
    found = verify(RECEIPT, keys={KEY.public}, audio_sha256=AUDIO.upper())

    assert answers(found) == dict.fromkeys(Question, True)
    assert found.valid
    assert found.reasons == ()
    assert found.content == parse(RECEIPT)


def test_what_was_not_asked_is_not_answered():
    found = verify(RECEIPT)

    assert answers(found)[Question.KEY] is None
    assert answers(found)[Question.AUDIO] is None
    assert found.valid


@given(st.integers(0, len(RECEIPT) - 1), st.integers(1, 255))
@example(0, 1)
@example(len(RECEIPT) - 1, 1)
@settings(max_examples=400)
def test_one_changed_byte_anywhere_is_caught(position, mask):
    changed = bytearray(RECEIPT)
    changed[position] ^= mask

    assert not verify(bytes(changed), keys={KEY.public}).valid


@given(st.integers(0, len(RECEIPT) - 1), st.integers(0, 255))
def test_a_byte_more_or_less_is_caught(position, byte):
    longer = RECEIPT[:position] + bytes([byte]) + RECEIPT[position:]
    shorter = RECEIPT[:position] + RECEIPT[position + 1 :]

    assert not verify(longer, keys={KEY.public}).valid
    assert not verify(shorter, keys={KEY.public}).valid


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_is_given_there_is_an_answer(text):
    assert not verify(text).valid


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=3),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    ),
    st.sampled_from(sorted(json.loads(RECEIPT))),
)
def test_a_member_of_any_other_kind_is_an_answer_and_no_crash(value, name):
    content = parse(RECEIPT) | {name: value}
    found = verify(canonical(content), keys={KEY.public})

    assert not found.valid
    assert all(found.reasons)


def test_another_song_is_told_apart():
    found = verify(RECEIPT, keys={KEY.public}, audio_sha256="c" * 64)

    assert [c.question for c in found.checks if c.passed is False] == [Question.AUDIO]
    assert "not the one that the receipt is about" in found.reasons[0]


def test_a_receipt_that_somebody_else_signed_is_intact_and_not_ours():
    forged = sign(receipt_body(small_facts()), read_key(OTHER_KEY))
    found = verify(forged, keys={KEY.public})

    assert answers(found)[Question.SIGNATURE] is True
    assert answers(found)[Question.KEY] is False
    assert not found.valid


def test_our_key_under_somebody_elses_signature_does_not_fit():
    forged = parse(sign(receipt_body(small_facts()), read_key(OTHER_KEY)))
    forged["signature"]["public_key"] = KEY.public

    assert answers(verify(canonical(forged), keys={KEY.public}))[Question.SIGNATURE] is False


def test_the_right_content_with_the_sums_wrong_is_caught_although_it_is_signed():
    def steal(content):
        content["bars"][1]["shares"][PLUM] += 1
        content["bars"][1]["shares"][ACE] -= 2

    found = verify(resigned(steal), keys={KEY.public})

    assert answers(found)[Question.SIGNATURE] is True
    assert found.reasons == (
        "The shares do not agree. the shares of bar 2 make 999999 and not 1,000,000 ppm.",
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"references_ppm": 670_001}, "the two pools make 1000001"),
        ({"references_ppm": 660_000, "catalogue_ppm": 340_000}, "pool references make 670000"),
        ({"layers": {"melody": {PLUM: 999_999}}}, "layer melody make 999999"),
        ({"layers": {"melody": {"GBAAA0000001": 1_000_000}}}, "share of melody, and is no source"),
        ({"sources": [*SOURCES, replace(SOURCES[0], weight_ppm=0, share_ppm=0)]}, "twice"),
        ({"sources": [replace(s, share_ppm=1) for s in SOURCES]}, "song make 3 and not"),
        ({"bars": BARS[1:] + BARS[:1], "seed": -1}, "version 1 of a receipt (seed)"),
        ({"bars": [BARS[0], BARS[2]]}, "bar 3 does not begin"),
        ({"bars": [replace(BARS[0], end_ms=0), *BARS[1:]]}, "bar 1 does not begin"),
        ({"bars": [ReceiptBar(1, 0, 9, "", {"base": 10**6})]}, "base has 329999 ppm of the song"),
        ({"bars": []}, "(bars)"),
        ({"layers": {}}, "(layers)"),
        ({"audio_sha256": "short"}, "(audio_sha256)"),
        ({"song_id": "song 1", "seed": 2**53}, "(song_id, seed)"),
        ({"bars": [replace(BARS[0], shares={"isrc?": 10**6})]}, "bars[0].shares.isrc?"),
        ({"created_at": datetime(2026, 1, 1)}, "no time zone"),  # noqa: DTZ001
    ],
)
def test_nothing_that_does_not_agree_is_signed(change, said):
    with pytest.raises(ReceiptRefusedError) as refused:
        receipt_body(small_facts(**change))

    assert said in refused.value.message


@given(st.lists(st.integers(1, 9), min_size=2, max_size=6), st.data())
def test_rounding_alone_never_makes_a_receipt_refused(weights, data):
    """Bars of any real length, shares of any real size: what is settled from them is accepted."""
    from generation.attribution.settlement import settle
    from generation.attribution.shares import blend

    length = data.draw(st.floats(1.3, 4.0))
    names = [f"GBAAA00000{n:02d}" for n in range(len(weights) - 1)] + ["base"]
    bars = [
        {name: data.draw(st.floats(0.001, 1)) for name in names}
        for _ in range(data.draw(st.integers(1, 6)))
    ]
    bars = [{n: v / sum(bar.values()) for n, v in bar.items()} for bar in bars]
    song = settle(blend((length, bar) for bar in bars))
    agreed = settle(dict(zip(names, weights, strict=True)))
    facts = small_facts(
        references_ppm=1_000_000 - agreed["base"],
        catalogue_ppm=agreed["base"],
        sources=[
            replace(
                SOURCES[-1 if name == "base" else 0],
                isrc=name,
                weight_ppm=agreed[name],
                share_ppm=song[name],
            )
            for name in names
        ],
        layers={"melody": song},
        bars=[
            ReceiptBar(n, round(1000 * length * n), round(1000 * length * (n + 1)), "", settle(bar))
            for n, bar in enumerate(bars)
        ],
    )

    assert verify(sign(receipt_body(facts), KEY)).valid


def test_a_key_has_a_name_and_never_shows_its_seed():
    assert KEY.public == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert KEY.key_id == hashlib.sha256(bytes.fromhex(KEY.public)).hexdigest()[:16]
    assert SEED_KEY not in repr(KEY)


def test_the_signature_is_that_of_the_standards_own_example():
    # RFC 8032, 7.1, TEST 1: the empty message.
    assert KEY.sign(b"").startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065")


def test_a_retired_key_is_believed_and_signs_nothing():
    retired = read_key(f"public:{KEY.public}")

    assert retired.key_id == KEY.key_id
    assert verify(RECEIPT, keys={retired.public}).valid
    with pytest.raises(ReceiptKeyError, match="retired"):
        retired.sign(b"")
    with pytest.raises(ReceiptKeyError, match="secret one"):
        signing_key([retired, KEY])
    with pytest.raises(ReceiptKeyError):
        signing_key([])


@pytest.mark.parametrize("text", ["", "xyz", SEED_KEY.upper(), SEED_KEY[:-1], f"public{SEED_KEY}"])
def test_what_is_no_key_is_refused_without_being_repeated(text):
    with pytest.raises(ReceiptKeyError) as refused:
        read_key(text)

    assert not text or text not in str(refused.value)


def test_times_are_held_as_whole_milliseconds_on_the_way_back():
    bars = parse(RECEIPT)["bars"]

    assert [(bar["start_s"], bar["end_s"]) for bar in bars] == [
        (0, Seconds(2_500)),
        (Seconds(2_500), 5),
        (5, Seconds(7_500)),
    ]
    assert parse(RECEIPT)["created_at"] == small_facts().created_at.astimezone(UTC).strftime(
        "%Y-%m-%dT%H:%M:%S.%fZ"
    )
