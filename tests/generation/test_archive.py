"""A composition as bytes: nothing is lost, nothing is guessed, and damage is told."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, fields, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.attribution.policy import GROUP_OF, Layer
from generation.composition.archive import ARCHIVE_VERSION, dump, load
from generation.composition.codec import KIND, ShapeError, from_plain, to_plain
from generation.composition.composition import Composition
from generation.composition.errors import ArchiveDamagedError, ArchiveVersionError
from generation.composition.midi import write_midi
from generation.composition.score import TRACKS, Decision, Event, Why
from generation.composition.units import DrumUnit, Hit, PadUnit, Span, Unit


@pytest.fixture(scope="module")
def stored(made):
    return dump(made)


def reopened(stored: bytes) -> dict:
    return json.loads(gzip.decompress(stored))


def packed(whole: dict) -> bytes:
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"))
    return gzip.compress(text.encode(), 6, mtime=0)


# ---------------------------------------------------------------- a real song


def test_a_song_comes_back_equal_in_every_field(made, stored):
    back = load(stored)
    for field in fields(Composition):
        assert getattr(back, field.name) == getattr(made, field.name), field.name
    assert back == made


def test_what_comes_back_has_the_same_types(made, stored):
    back = load(stored)
    for mine, theirs in ((made, back), (made.score, back.score), (made.cast, back.cast)):
        assert [type(getattr(mine, f.name)) for f in fields(mine)] == [
            type(getattr(theirs, f.name)) for f in fields(theirs)
        ]
    assert {key: type(unit) for key, unit in back.cast.units.items()} == {
        key: type(unit) for key, unit in made.cast.units.items()
    }
    assert all(type(event.layer) is Layer for event in back.score.events)
    assert back.score.plan.sections[0].layers == made.score.plan.sections[0].layers


def test_the_same_song_is_the_same_bytes_and_so_is_its_copy(made, stored):
    assert dump(made) == stored
    assert dump(load(stored)) == stored


def test_the_copy_plays_and_settles_like_the_song(made, stored):
    back = load(stored)
    assert write_midi(back.score) == write_midi(made.score)
    assert back.largest_error == made.largest_error
    assert list(back.score.contributions()) == list(made.score.contributions())


def test_a_song_takes_little_room(stored):
    assert len(stored) < 400_000


def test_an_archive_says_its_version_and_nothing_of_time_or_machine(stored):
    assert stored[4:8] == b"\0\0\0\0"
    assert reopened(stored)["archive_version"] == ARCHIVE_VERSION
    text = gzip.decompress(stored).decode("ascii")
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))


# ---------------------------------------------------------------- any events

shares = st.dictionaries(
    st.sampled_from(["base", "song:a", "song:b", "song:ü"]),
    st.floats(0, 1, allow_nan=False),
    min_size=1,
)
whys = st.builds(
    Why,
    slot=st.text(max_size=8),
    unit=st.none() | st.text(max_size=8),
    ops=st.lists(st.text(max_size=4), max_size=2).map(tuple),
    order=st.none() | st.integers(0, 4),
    logp=st.none() | st.floats(-1e6, 0),
)
layers = st.sampled_from(list(GROUP_OF))
events = st.builds(
    Event,
    track=st.sampled_from(TRACKS),
    layer=layers,
    tick=st.integers(0, 10**6),
    ticks=st.integers(1, 10**5),
    pitch=st.integers(0, 127),
    velocity=st.integers(1, 127),
    parts=shares,
    shares=shares,
    why=whys,
)
decisions = st.builds(
    Decision,
    layer=layers,
    bar=st.integers(0, 200),
    mass=st.floats(0, 10),
    value=st.text(max_size=9),
    parts=shares,
    shares=shares,
    why=whys,
)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_any_events_and_decisions_come_back(made, data):
    score = replace(
        made.score,
        events=tuple(data.draw(st.lists(events, max_size=6))),
        decisions=tuple(data.draw(st.lists(decisions, max_size=4))),
    )
    song = replace(made, score=score, weights=data.draw(shares), bars=())
    content = dump(song)
    assert load(content) == song
    assert dump(load(content)) == content


# ---------------------------------------------------------------- refusals


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_one_changed_byte_is_noticed(stored, data):
    at = data.draw(st.integers(0, len(stored) - 1))
    other = data.draw(st.integers(1, 255))
    broken = stored[:at] + bytes([stored[at] ^ other]) + stored[at + 1 :]
    with pytest.raises(ArchiveDamagedError):
        load(broken)


@pytest.mark.parametrize("keep", [0, 1, 9, 10, 18, 0.5, 0.999])
def test_a_shortened_archive_is_refused(stored, keep):
    length = keep if isinstance(keep, int) else int(keep * len(stored))
    with pytest.raises(ArchiveDamagedError, match="cannot be read"):
        load(stored[:length])


def test_something_behind_the_archive_is_refused(stored):
    with pytest.raises(ArchiveDamagedError, match="longer or shorter"):
        load(stored + b"\0")
    with pytest.raises(ArchiveDamagedError, match="longer or shorter"):
        load(stored + stored)


def test_another_version_is_refused_by_name(stored):
    whole = {**reopened(stored), "archive_version": ARCHIVE_VERSION + 1}
    with pytest.raises(ArchiveVersionError, match=f"format {ARCHIVE_VERSION + 1} .* reads format"):
        load(packed(whole))


@pytest.mark.parametrize("content", [[], 7, None, {}, {"composition": {}}])
def test_json_that_is_no_archive_is_refused(content):
    with pytest.raises(ArchiveDamagedError):
        load(packed(content))


def spoil_pitch(whole):
    whole["events"][0][4] = "60"


def spoil_reference(whole):
    whole["events"][0][6] = len(whole["tables"]["parts"])


def spoil_negative_reference(whole):
    whole["events"][0][8] = -1


def spoil_length(whole):
    whole["events"][0].pop()


def spoil_track(whole):
    whole["events"][0][0] = "Tuba"


def spoil_layer(whole):
    whole["decisions"][0][0] = "noise"


def spoil_field(whole):
    whole["composition"]["mood"] = "calm"


def spoil_missing(whole):
    del whole["composition"]["policy"]


def spoil_unit(whole):
    next(iter(whole["composition"]["cast"]["units"].values()))[KIND] = "Path"


def spoil_table(whole):
    del whole["tables"]["why"]


@pytest.mark.parametrize(
    "spoil",
    [
        spoil_pitch,
        spoil_reference,
        spoil_negative_reference,
        spoil_length,
        spoil_track,
        spoil_layer,
        spoil_field,
        spoil_missing,
        spoil_unit,
        spoil_table,
    ],
)
def test_content_of_the_wrong_shape_is_refused_and_says_what_is_safe(stored, spoil):
    whole = reopened(stored)
    spoil(whole)
    with pytest.raises(ArchiveDamagedError, match="audio and its receipt are not touched"):
        load(packed(whole))


# ---------------------------------------------------------------- the codec


@dataclass(frozen=True)
class Case:
    name: str
    pair: tuple[int, float]
    many: tuple[str, ...] = ()
    maybe: int | None = None


def test_defaults_are_left_out_and_come_back():
    plain = to_plain(Case("a", (1, 2.0)), Case)
    assert plain == {"name": "a", "pair": [1, 2.0]}
    assert from_plain(plain, Case) == Case("a", (1, 2.0))
    assert from_plain({**plain, "many": ["x"], "maybe": 3}, Case) == Case("a", (1, 2.0), ("x",), 3)


def test_a_whole_number_in_place_of_a_fraction_is_read_as_one():
    back = from_plain({"name": "a", "pair": [1, 2]}, Case)
    assert type(back.pair[1]) is float


@pytest.mark.parametrize(
    "plain",
    [
        {"name": 1, "pair": [1, 2.0]},
        {"name": "a", "pair": [1]},
        {"name": "a", "pair": [True, 2.0]},
        {"name": "a", "pair": [1.5, 2.0]},
        {"name": "a", "pair": {"0": 1}},
        {"name": "a", "pair": [1, 2.0], "many": "xy"},
        {"name": "a", "pair": [1, 2.0], "maybe": "3"},
        {"pair": [1, 2.0]},
        [],
    ],
)
def test_what_the_annotation_does_not_allow_is_refused(plain):
    with pytest.raises(ShapeError):
        from_plain(plain, Case)


def test_a_unit_says_which_kind_it_is():
    drum = DrumUnit(id="d", hits=(Hit(0, "kick", 90),), energy=0.5, span=Span(1, 2, 0.5, 1.5))
    pad = PadUnit(id="p", voices=3, low=50, spread=12, strike=16)
    for unit in (drum, pad):
        plain = to_plain(unit, Unit)
        assert plain[KIND] == type(unit).__name__
        assert from_plain(plain, Unit) == unit


def test_an_annotation_that_cannot_be_told_apart_is_a_fault_of_the_program():
    with pytest.raises(TypeError, match="no way"):
        to_plain(1, int | str)
    with pytest.raises(TypeError, match="no way"):
        to_plain(1, bytes)
