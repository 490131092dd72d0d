"""The table of ``manage.py bench recognition`` as a page of the documentation."""

from __future__ import annotations

from typing import Any

HEAD = """# How well the local index recognises

Written by `manage.py bench recognition --songs DIR,DIR --page docs/reference/recognition-accuracy.md`.
In the index: {catalogue} songs of the folders {folders}, and {distractors} invented recordings that share instruments and
drums with each other.
Each song is damaged at its full length, unless the row says excerpt or 12 s, and recognised from the samples alone.

| damage | right | target | strong | wrong hits | least score | least landmarks a window | slowest |
|---|---|---|---|---|---|---|---|
"""
ROW = (
    "| {damage} | {right}/{songs} ({share:.1%}) | {target:.0%} | {strong} | {wrong_hits} "
    "| {least_score:.2f} | {least_landmarks} | {most_seconds:.2f} s |\n"
)
FOOT = """
*Right*: the song itself is the first hit. *Strong*: with a score from 0.80 on, which ticks itself when nothing contradicts.
*Wrong hits*: any other recording named, in any place.
*Score*: the share of the song's windows of twelve seconds in which at least 80 landmarks agree on one line of time.
*Slowest* includes finding the landmarks at all seven speeds, the votes and the verification, on a machine with other work.

Songs that are not in the index: {strangers} tried, **{accepted} accepted**.

The first {songs} songs ({audio_s:.0f} s of audio) as they are: **{total_s:.2f} s** (best of three), of which {fingerprints_s:.2f} s for resampling, spectra, landmarks and
hashes in two threads, and {index_s:.2f} s for votes, reading and verifying one after another; {right} of {songs} right.
Not included: decoding. In the product the fingerprint is there already, since the analysis makes it.
"""


def accuracy_page(found: dict[str, Any]) -> str:
    """Return the page of a benchmark's findings."""
    rows = "".join(
        ROW.format(
            **row,
            share=row["right"] / row["songs"],
            target=row["target_ppm"] / 1_000_000,
            least_score=row["least_score_ppm"] / 1_000_000,
        )
        for row in found["rows"]
    )
    speed, strangers = found["speed"], found["strangers"]
    foot = FOOT.format(
        strangers=strangers["songs"],
        accepted=strangers["accepted"],
        total_s=speed["fingerprints_s"] + speed["index_s"],
        **speed,
    )
    head = HEAD.format(
        catalogue=found["catalogue"],
        distractors=found["distractors"],
        folders=" and ".join(f"`{name}`" for name in found["folders"]),
    )
    return head + rows + foot
