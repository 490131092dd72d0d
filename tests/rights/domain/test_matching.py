"""From findings to decision: each rule by example, then what holds for any findings."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rights.domain.matching import (
    OFFERED_PPM,
    PPM,
    SKEW_ACCEPTED_PPM,
    STRONG_PPM,
    Catalogued,
    Decision,
    Findings,
    Heard,
    agreement,
    decide,
    duration_fits,
    rank,
)
from rights.domain.reasons import TEXTS, percent, say, seconds

A, B, C = "QZTEN2600001", "QZTEN2600002", "QZTEN2600003"
LENGTH = 200_000


def findings(*heard: Heard, tag: str = "", **more) -> Findings:
    """Return findings on a track of 200 s; the catalogue knows A, B and C, all of that length."""
    known = {isrc: Catalogued(isrc, LENGTH) for isrc in (A, B, C)}
    return Findings(LENGTH, tag, heard, more.pop("catalogue", known), **more)


def codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.reasons]


def brief(decision: Decision) -> tuple[str, str, str, str]:
    return decision.state, decision.isrc, decision.method, decision.doubt


# ------------------------------------------------------------ one rule after the other


def test_a_single_strong_match_ticks_itself():
    decision = decide(findings(Heard("shazam", A, 950_000)))
    assert brief(decision) == ("matched", A, "shazam", "")
    assert codes(decision) == ["shazam", "duration_fits"]


def test_the_method_is_the_source_that_says_most():
    decision = decide(findings(Heard("shazam", A, 850_000), Heard("index", A, 990_000), tag=A))
    assert brief(decision) == ("matched", A, "fingerprint", "")
    assert decision.candidates[0].sources == ("index", "isrc", "shazam")


def test_several_strong_ones_of_one_source_are_a_choice():
    decision = decide(findings(Heard("index", A, 950_000), Heard("index", B, 940_000)))
    assert brief(decision) == ("choose", "", "", "several")
    assert [candidate.isrc for candidate in decision.candidates] == [A, B]


def test_sources_that_name_different_recordings_are_a_conflict():
    decision = decide(findings(Heard("index", A, 950_000), Heard("shazam", B, 950_000)))
    assert brief(decision) == ("choose", "", "", "conflict")
    assert decision.reasons[0].data == {"count": 2}


def test_a_tag_that_fits_contradicts_a_recogniser_that_hears_something_else():
    assert decide(findings(Heard("shazam", B, 950_000), tag=A)).doubt == "conflict"


def test_a_weak_match_is_a_choice_with_a_warning():
    decision = decide(findings(Heard("shazam", A, 400_000)))
    assert brief(decision) == ("choose", "", "", "weak")
    assert codes(decision)[0] == "weak"


def test_weak_sources_that_agree_are_strong_together():
    decision = decide(findings(Heard("shazam", A, 700_000), Heard("acoustid", A, 600_000)))
    assert brief(decision) == ("matched", A, "shazam", "")
    assert decision.score_ppm == 880_000


def test_what_is_hardly_anything_is_not_offered():
    decision = decide(findings(Heard("index", A, OFFERED_PPM - 1)))
    assert (decision.state, decision.candidates) == ("none", ())


@pytest.mark.parametrize("skew", [1_001, -1_001, 20_000, -15_000])
def test_altered_audio_needs_a_person(skew):
    decision = decide(findings(Heard("shazam", A, 990_000, skew_ppm=skew)))
    assert brief(decision) == ("choose", "", "", "altered")
    assert codes(decision)[0] == "altered"


@pytest.mark.parametrize("skew", [0, 1_000, -1_000])
def test_a_little_skew_is_a_turntable(skew):
    assert decide(findings(Heard("shazam", A, 990_000, skew_ppm=skew))).state == "matched"


def test_altered_and_weak_is_both():
    assert codes(decide(findings(Heard("shazam", A, 400_000, 5_000))))[:2] == ["altered", "weak"]


# ------------------------------------------------------------ the tag in the file


def test_a_tag_whose_length_fits_ticks_itself_and_says_that_nobody_listened():
    decision = decide(findings(tag=A))
    # In doubt for the staff's queue: a tag can be forged.
    assert brief(decision) == ("matched", A, "isrc", "weak")
    assert "not_listened" in codes(decision)
    assert "not_recognised" in codes(decide(findings(tag=A, has_listened=True)))


@pytest.mark.parametrize(
    ("length", "fits"),
    [(200_000, True), (196_000, True), (204_000, True), (195_999, False), (204_001, False)],
)
def test_a_tag_fits_within_two_percent(length, fits):
    known = {A: Catalogued(A, LENGTH)}
    decision = decide(Findings(length, A, catalogue=known))
    assert (decision.state == "matched") == fits
    assert decision.doubt == "weak"  # only a tag says so


@pytest.mark.parametrize(("length", "fits"), [(28_000, True), (32_000, True), (27_999, False)])
def test_a_short_song_fits_within_two_seconds(length, fits):
    assert duration_fits(length, 30_000) is fits


def test_a_tag_without_a_length_to_compare_is_only_offered():
    decision = decide(findings(tag=A, catalogue={A: Catalogued(A)}))
    assert brief(decision) == ("choose", "", "", "weak")


def test_a_tag_that_our_own_fingerprints_refute_counts_for_nothing():
    known = {A: Catalogued(A, LENGTH, is_indexed=True), B: Catalogued(B, LENGTH)}
    alone = decide(findings(tag=A, catalogue=known, has_listened=True))
    assert (alone.state, alone.candidates) == ("none", ())
    heard = decide(findings(Heard("shazam", B, 950_000), tag=A, catalogue=known))
    assert brief(heard) == ("matched", B, "shazam", "")
    assert heard.reasons[-1].data == {"isrc": A}


def test_a_tag_that_our_own_fingerprints_confirm_is_as_good_as_it_gets():
    known = {A: Catalogued(A, LENGTH, is_indexed=True)}
    decision = decide(findings(Heard("index", A, 900_000), tag=A, catalogue=known))
    assert (decision.state, decision.score_ppm) == ("matched", 999_000)


# ------------------------------------------------------------ length


def test_an_excerpt_is_still_the_recording():
    decision = decide(replace(findings(Heard("index", A, 990_000)), duration_ms=30_000))
    assert decision.state == "matched"
    assert "duration_shorter" in codes(decision)


def test_a_file_that_holds_more_than_the_recording_is_not_ticked():
    decision = decide(replace(findings(Heard("index", A, 990_000)), duration_ms=260_000))
    assert brief(decision) == ("choose", "", "", "weak")
    assert "duration_longer" in codes(decision)


def test_of_equal_scores_the_nearer_length_comes_first():
    known = {A: Catalogued(A), B: Catalogued(B, 240_000), C: Catalogued(C, 201_000)}
    heard = [Heard("index", isrc, 900_000) for isrc in (A, B, C)]
    assert [c.isrc for c in rank(findings(*heard, catalogue=known))] == [C, B, A]


# ------------------------------------------------------------ nothing, and why


def test_nobody_knows_it():
    assert decide(findings(has_listened=True)) == Decision("none", (say("nothing"),))


def test_a_service_that_is_down_is_a_problem_only_when_nothing_was_found():
    down = decide(findings(silent=("shazam", "catalogue")))
    assert (down.state, down.problem_code) == ("problem", "service_down")
    assert [reason.data["name"] for reason in down.reasons] == ["Apple Music", "Shazam"]
    weak = decide(findings(Heard("index", A, 300_000), silent=("shazam",)))
    assert weak.doubt == "weak"
    assert "silent" in codes(weak)
    assert decide(findings(Heard("index", A, 990_000), silent=("shazam",))).state == "matched"


def test_a_song_without_an_isrc_in_apple_music_is_a_problem_with_a_sentence():
    decision = decide(findings(without_isrc=("Ocean Drive",), has_listened=True))
    assert (decision.state, decision.problem_code) == ("problem", "no_isrc")
    assert "Ocean Drive" in decision.reasons[0].text % decision.reasons[0].data


def test_a_recording_outside_the_catalogue_is_a_problem_with_a_sentence():
    heard = Heard("shazam", "USABC2600001", 990_000, title="Elsewhere")
    decision = decide(findings(heard))
    assert (decision.state, decision.problem_code) == ("problem", "not_in_catalogue")
    assert decision.reasons[0].data == {"isrc": "USABC2600001", "title": "Elsewhere"}


# ------------------------------------------------------------ what holds for any findings

PPMS = st.integers(0, PPM)
HEARD = st.builds(
    Heard,
    source=st.sampled_from(["index", "shazam", "acoustid"]),
    isrc=st.sampled_from([A, B, C, "", "USABC2600001"]),
    score_ppm=PPMS,
    skew_ppm=st.integers(-50_000, 50_000),
)
KNOWN = st.dictionaries(
    st.sampled_from([A, B, C]), st.tuples(st.none() | st.integers(1, 600_000), st.booleans())
).map(lambda known: {isrc: Catalogued(isrc, *facts) for isrc, facts in known.items()})
ANY = st.builds(
    Findings,
    duration_ms=st.integers(10_000, 900_000),
    isrc_tag=st.sampled_from(["", A, B, "USABC2600001"]),
    heard=st.lists(HEARD, max_size=6).map(tuple),
    catalogue=KNOWN,
    silent=st.lists(st.sampled_from(["shazam", "catalogue"]), max_size=2).map(tuple),
    without_isrc=st.sampled_from([(), ("A title",)]),
    has_listened=st.booleans(),
)


@given(ANY)
def test_a_decision_never_contradicts_itself(given_findings):
    decision = decide(given_findings)
    assert decision.reasons
    assert (decision.state == "matched") == bool(decision.isrc) == bool(decision.method)
    assert (decision.state == "problem") == bool(decision.problem_code)
    assert (decision.state == "choose") == bool(decision.doubt)
    assert decision.state != "choose" or decision.candidates
    assert 0 <= decision.score_ppm <= PPM
    for reason in decision.reasons:
        assert reason.code in TEXTS
        assert reason.text % reason.data


@given(ANY)
def test_only_a_single_strong_unaltered_recording_of_the_catalogue_ticks_itself(given_findings):
    decision = decide(given_findings)
    strong = [c for c in decision.candidates if c.score_ppm >= STRONG_PPM]
    ticks = len(strong) == 1 and abs(strong[0].skew_ppm) <= SKEW_ACCEPTED_PPM
    assert (decision.state == "matched") == ticks
    if ticks:
        assert decision.isrc == strong[0].isrc in given_findings.catalogue


@given(ANY, st.randoms(use_true_random=False))
def test_the_order_of_what_was_heard_does_not_matter(given_findings, random):
    heard = list(given_findings.heard)
    random.shuffle(heard)
    assert decide(replace(given_findings, heard=tuple(heard))) == decide(given_findings)


@given(ANY)
def test_candidates_are_ranked_and_named_once(given_findings):
    candidates = rank(given_findings)
    scores = [candidate.score_ppm for candidate in candidates]
    assert scores == sorted(scores, reverse=True)
    assert len({candidate.isrc for candidate in candidates}) == len(candidates)
    assert all(score >= OFFERED_PPM for score in scores)


@given(st.lists(PPMS, max_size=6))
def test_agreement_is_at_least_the_best_and_never_more_than_sure(scores):
    together = agreement(scores)
    assert max(scores, default=0) - len(scores) <= together <= PPM
    assert all(
        agreement(order) <= PPM for order in itertools.islice(itertools.permutations(scores), 6)
    )


@given(st.lists(PPMS, max_size=5), PPMS)
def test_one_more_voice_never_makes_it_less_sure(scores, more):
    assert agreement([*scores, more]) >= agreement(scores)


def test_percent_is_never_rounded_up_to_certainty():
    assert [percent(ppm) for ppm in (999_999, 995_000, 0, PPM)] == ["99 %", "99 %", "0 %", "100 %"]
    assert [percent(ppm, places=2) for ppm in (16_400, -16_400, 500)] == [
        "1.64 %",
        "-1.64 %",
        "0.05 %",
    ]
    assert [seconds(ms) for ms in (0, -1_590, 61_000)] == ["0.0 s", "1.5 s", "61.0 s"]
