"""The symbolic likeness: a song is most like itself, and the weights can be heard in it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from generation.composition.compose import compose
from generation.composition.mining.measured import read_analysis
from generation.composition.plan import Options
from generation.quality.diversity import diversity
from generation.quality.likeness import (
    STREAMS,
    area_under_curve,
    chimeras,
    grams,
    likenesses,
    read_score,
    read_song,
)
from tests.generation.songs import analysis, usual_weights


@pytest.fixture(scope="module")
def documents():
    return [read_song(read_analysis(analysis(number))) for number in range(20)]


def test_runs_are_counted_by_size():
    assert grams("aba", [1, 2]) == Counter({("a",): 2, ("b",): 1, ("a", "b"): 1, ("b", "a"): 1})
    assert grams("a", [2]) == Counter()


def test_every_stream_of_a_song_is_read(documents, made):
    assert all(set(document) == set(STREAMS) for document in documents)
    assert all(document[stream] for document in documents for stream in STREAMS)
    assert all(read_score(made.score)[stream] for stream in STREAMS)


def test_a_song_is_most_like_itself(documents):
    for number in (0, 7, 13):
        found = likenesses(documents[number], documents)
        assert max(range(20), key=lambda n: found[n]) == number
        assert found[number] == pytest.approx(1.0)


def test_likeness_runs_from_zero_to_one_and_nothing_is_like_silence(documents):
    silence = {stream: Counter() for stream in STREAMS}
    assert likenesses(silence, documents) == [0.0] * 20
    assert all(0 <= value <= 1 + 1e-9 for value in likenesses(documents[3], documents))


def test_the_key_of_a_song_changes_nothing():
    """Numbers differ in key and tempo only where the formulas say so; here the key is moved by hand."""
    data, moved = analysis(0), analysis(0)
    names = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
    for chord in moved["chords"]:
        root, quality = chord["label"].split(":")
        chord["label"] = f"{names[(names.index(root) + 3) % 12]}:{quality}"
    for line in ("bass", "melody", "notes"):
        for note in moved[line]["notes"]:
            note["pitch"] += 3
    moved["key"]["tonic"] = names[(names.index(moved["key"]["tonic"]) + 3) % 12]
    assert read_song(read_analysis(moved)) == read_song(read_analysis(data))


def test_the_area_counts_pairs_and_halves_ties():
    assert area_under_curve([3, 4], [1, 2]) == 1.0
    assert area_under_curve([1, 2], [3, 4]) == 0.0
    assert area_under_curve([1, 3], [2, 3]) == 0.375


# ---------------------------------------------------------------- strangers and seeds


def test_a_chimera_is_made_of_whole_streams_of_real_strangers(documents):
    made = chimeras(documents, 12)
    assert len(made) == 12
    for one in made:
        assert set(one) == set(STREAMS)
        for stream in STREAMS:
            assert any(one[stream] is other[stream] for other in documents)
    assert any(one != other for one in made for other in documents)


def test_chimeras_are_the_same_for_a_seed_and_the_first_do_not_depend_on_how_many(documents):
    assert chimeras(documents, 5) == chimeras(documents, 5)
    assert chimeras(documents, 9)[:5] == chimeras(documents, 5)
    assert chimeras(documents, 5, seed=2) != chimeras(documents, 5)


def test_colours_and_inversions_do_not_hide_a_progression(made):
    """A source's loop is told by its roots, whatever the base added to them."""
    plain = replace(made.score, chords=tuple(chord.core for chord in made.score.chords))
    assert any(chord.colour for chord in made.score.chords)
    assert read_score(plain)["harmony"] == read_score(made.score)["harmony"]


def test_a_song_of_which_the_ten_have_less_is_less_like_them(made, base, sources):
    """The formulas of these songs share few drums and loops, so only the ten themselves can tell."""
    own = [read_song(read_analysis(analysis(number))) for number in range(10)]
    turned = compose(sources, base, usual_weights(sources, base=0.67), Options(seed=3))
    usual_likeness = sum(likenesses(read_score(made.score), own))
    assert usual_likeness > sum(likenesses(read_score(turned.score), own))
    apart, same = diversity([made.score, turned.score], own), diversity([made.score] * 2, own)
    assert same.mean_likeness == pytest.approx(1.0)
    assert same.lead_in_common == 1.0
    assert not any(finding.passed for finding in same.findings)
    assert apart.mean_likeness == apart.most_likeness < 0.8
    assert apart.lead_in_common < 0.1


def test_one_song_alone_cannot_be_diverse(made):
    with pytest.raises(ValueError, match="one song"):
        diversity([made.score], [])
