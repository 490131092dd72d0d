"""The finished song: shares exact everywhere, the same bytes each time, and music in its bones."""

from __future__ import annotations

import hashlib
import json
import math
import os
import subprocess
import sys
from collections import defaultdict
from dataclasses import replace
from itertools import pairwise
from statistics import mean

import pytest

from generation.attribution.copy_guard import CAP_TOKENS, CopyGuard, melody_tokens
from generation.attribution.policy import Layer
from generation.attribution.settlement import settle
from generation.attribution.shares import BASE
from generation.composition.chords import dominant_chord, tonic_chord
from generation.composition.compose import compose
from generation.composition.errors import OptionsInvalidError
from generation.composition.midi import write_midi
from generation.composition.plan import Options
from generation.composition.slots import GLUE
from generation.composition.units import STEPS, TICKS
from generation.quality.gate import judge, lead_of
from rights.domain.allocation import PPM
from tests.generation.songs import ten_sources, usual_weights


def lead_by_bar(score):
    bars = defaultdict(list)
    for event in score.events:
        if event.track == "Lead":
            bar, step = divmod(round(event.tick / TICKS), STEPS)
            bars[bar].append((step, event.pitch))
    return bars


def ledger(made) -> str:
    """Return the shares of every bar in ppm as one string."""
    return json.dumps([settle(bar.total) for bar in made.bars])


# ---------------------------------------------------------------- shares


def test_every_event_owes_exactly_one_whole(made):
    for event in (*made.score.events, *made.score.decisions):
        assert math.isclose(sum(event.shares.values()), 1, abs_tol=1e-9)
        assert math.isclose(sum(event.parts.values()), 1, abs_tol=1e-9)
        assert all(share > 0 for share in event.shares.values())


def test_every_bar_is_whole_and_settles_to_a_million(made):
    assert len(made.bars) == made.score.plan.bars
    for bar in made.bars:
        assert math.isclose(sum(bar.total.values()), 1, abs_tol=1e-9)
        assert sum(settle(bar.total).values()) == PPM
    assert sum(settle(made.shares).values()) == PPM


def test_base_and_every_song_are_within_one_point_of_their_weight(made):
    for key, weight in made.weights.items():
        assert abs(made.shares[key] - weight) <= 0.01, key


def test_a_share_is_what_the_parts_say(made):
    """Parts name slots, and a slot's owner is whom the part is owed to."""
    for event in made.score.events:
        owed = defaultdict(float)
        for part, size in event.parts.items():
            if part != GLUE:
                owed[BASE if part == BASE else made.cast.owners[part]] += size
        for key, size in owed.items():
            assert event.shares.get(key, 0) >= size - 1e-9


def test_every_event_knows_why_it_is_there(made):
    known = {unit.id for unit in made.cast.units.values()}
    for event in made.score.events:
        assert event.why.slot in made.cast.owners
        assert event.why.unit is None or event.why.unit in known
        assert event.why.unit is not None or event.parts.get(BASE, 0) > 0


def test_all_ten_are_in_the_song_and_in_many_bars(made, sources):
    for source in sources:
        assert sum(source.key in bar.total for bar in made.bars) >= 4, source.key


def test_a_source_left_out_is_in_no_bar_and_weight_zero_is_leaving_out(base, sources):
    gone, rest = sources[0], sources[1:]
    without = compose(rest, base, usual_weights(rest), Options(seed=5))
    zero = compose(sources, base, {**usual_weights(rest), gone.key: 0.0}, Options(seed=5))
    assert all(gone.key not in bar.total for bar in without.bars)
    assert all(gone.key not in event.shares for event in without.score.events)
    assert without.largest_error <= 0.01
    assert ledger(zero) == ledger(without)
    assert write_midi(zero.score) == write_midi(without.score)


@pytest.fixture(scope="module")
def steep(base, sources):
    """One song leads, others whisper."""
    raw = [10.0, 3.0, 2.0, 1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5]
    weights = {BASE: 0.33}
    weights |= {s.key: 0.67 * raw[n] / sum(raw) for n, s in enumerate(sources)}
    return compose(sources, base, weights, Options(seed=2))


def test_sliders_are_followed(steep, sources):
    assert steep.largest_error <= 0.01
    assert steep.shares[sources[0].key] > 0.3
    assert steep.shares[sources[7].key] < 0.03


@pytest.fixture(scope="module")
def turned(base, sources):
    """The pools the other way round, and another seed."""
    return compose(sources, base, usual_weights(sources, base=0.67), Options(seed=4))


def test_thirty_three_to_sixty_seven_is_followed_too(turned):
    assert abs(turned.shares[BASE] - 0.67) <= 0.01
    assert turned.largest_error <= 0.01


# ---------------------------------------------------------------- sameness


PROGRAM = """
import hashlib
from tests.generation.test_composition import ledger
from tests.generation.songs import ten_sources, usual_weights
from generation.composition.base import load_base_pack
from generation.composition.compose import compose
from generation.composition.midi import write_midi
from generation.composition.plan import Options
sources = ten_sources()[::-1]
made = compose(sources, load_base_pack(), usual_weights(sources), Options(seed=3))
print(hashlib.sha256(write_midi(made.score)).hexdigest())
print(hashlib.sha256(ledger(made).encode()).hexdigest())
"""


def test_another_process_and_another_order_of_upload_write_the_same_bytes(made):
    """With another hash seed, so that no order of a set or a dictionary can hide."""
    environment = {**os.environ, "PYTHONHASHSEED": "4711"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=environment
    )
    assert done.stdout.split() == [
        hashlib.sha256(write_midi(made.score)).hexdigest(),
        hashlib.sha256(ledger(made).encode()).hexdigest(),
    ]


def test_another_seed_is_another_song(turned, made):
    mine, theirs = lead_by_bar(made.score), lead_by_bar(turned.score)
    same = sum(mine[bar] == theirs.get(bar) for bar in mine)
    assert same / len(mine) < 0.1


# ---------------------------------------------------------------- music


def test_it_clears_every_symbolic_bar(made, sources):
    assert judge(made, list(sources)).missed == ()


def test_choruses_are_the_same_song_each_time(made):
    bars = lead_by_bar(made.score)
    choruses = [s for s in made.score.plan.sections if s.role == "chorus"]
    assert len(choruses) >= 2
    first, second = choruses[0], choruses[1]
    same = [bars[first.bar + n] == bars[second.bar + n] for n in range(6)]
    assert sum(same) >= 5


def test_the_chorus_lies_above_the_verse_and_over_other_chords(made):
    score = made.score
    pitches = defaultdict(list)
    for event in score.events:
        if event.track == "Lead":
            role = score.plan.section_at(round(event.tick / TICKS) // STEPS).role
            pitches[role].append(event.pitch)
    assert mean(pitches["chorus"]) >= mean(pitches["verse"]) + 1.5
    loops = {}
    for role in ("verse", "chorus"):
        section = next(s for s in score.plan.sections if s.role == role)
        loops[role] = score.chords[2 * section.bar : 2 * section.bar + 8]
    assert loops["verse"] != loops["chorus"]


def test_it_ends_on_the_tonic_after_its_dominant(made):
    score = made.score
    assert score.chords[-1] == score.chords[-2] == tonic_chord(score.plan.mode)
    assert score.chords[-3] == dominant_chord(score.plan.mode)
    last = max((e for e in score.events if e.track == "Lead"), key=lambda e: e.tick)
    tonic = (score.plan.tonic + (9 if score.plan.mode == "minor" else 0)) % 12
    assert last.pitch % 12 == tonic
    assert last.ticks > STEPS * TICKS // 2


def test_the_intro_is_thin_and_the_chorus_full(made):
    report = judge(made, list(ten_sources()))
    assert report.chorus_parts >= 6
    assert report.thinnest_parts <= 4


def test_the_second_voice_joins_only_the_last_chorus_and_stays_below(made):
    score = made.score
    last = [s for s in score.plan.sections if s.role == "chorus"][-1]
    double = [e for e in score.events if e.track == "Double"]
    lead = {e.why.slot for e in score.events if e.track == "Lead"}
    assert double
    assert {e.why.slot for e in double} <= lead
    for event in double:
        bar = round(event.tick / TICKS) // STEPS
        assert last.bar <= bar < last.bar + last.bars


def test_loud_sections_are_louder(made):
    score = made.score
    energy = {s.role: score.energies[s.index] for s in score.plan.sections}
    assert energy["intro"] < energy["verse"] < energy["chorus"]
    velocity = defaultdict(list)
    for event in score.events:
        if event.track == "Bass":
            velocity[score.plan.section_at(event.tick // 1920).role].append(event.velocity)
    assert mean(velocity["chorus"]) > mean(velocity["verse"])


def test_every_event_lies_inside_the_song(made):
    end = made.score.plan.bars * STEPS * TICKS
    for event in made.score.events:
        assert 0 <= event.tick < end
        assert event.ticks > 0
        assert 0 <= event.pitch <= 127
        assert 1 <= event.velocity <= 127


def test_the_lead_never_copies_more_than_seven_notes(steep, sources):
    """One source sings a third of the song: the guard knows everything heard of all ten."""
    guard = CopyGuard(line for source in sources for line in source.heard)
    line = [(round(n.start * 4), n.pitch) for n in lead_of(steep.score)]
    assert guard.longest(melody_tokens(line)) <= CAP_TOKENS


def test_fills_turn_the_drums_round(made):
    fills = {e.why.slot for e in made.score.events if e.why.slot.startswith("fill/")}
    drummed = [s for s in made.score.plan.sections if Layer.DRUMS in s.layers]
    assert fills == {f"fill/{s.index}" for s in drummed}


# ---------------------------------------------------------------- options


def test_tempo_key_length_and_energy_can_be_chosen(base, sources, made):
    options = Options(seed=1, bpm=120.0, tonic=4, mode="minor", seconds=150, energy=0.9)
    wild = compose(sources, base, usual_weights(sources), options).score
    assert (wild.plan.bpm, wild.plan.mode) == (120.0, "minor")
    assert (wild.plan.tonic + 9) % 12 == 4
    assert abs(wild.plan.bars * wild.plan.bar_s - 150) < 30
    assert mean(wild.energies) > mean(made.score.energies) + 0.08


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"seconds": 10.0}, "10 s; choose 60 to 360"),
        ({"bpm": 300.0}, "300 BPM"),
        ({"tonic": 12}, "tonic 12"),
        ({"energy": 1.5}, "energy and variation"),
    ],
)
def test_options_out_of_range_are_refused(base, sources, change, says):
    with pytest.raises(OptionsInvalidError, match=says):
        compose(sources, base, usual_weights(sources), replace(Options(seed=1), **change))


def test_a_source_without_a_weight_is_named(base, sources):
    weights = usual_weights(sources)
    del weights[sources[3].key]
    with pytest.raises(OptionsInvalidError, match="song:03"):
        compose(sources, base, weights, Options(seed=1))


def test_one_form_holds_eight_bar_periods(made):
    bars = [section.bar for section in made.score.plan.sections]
    assert all(b - a in (4, 8, 16) for a, b in pairwise(bars))
