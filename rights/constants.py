"""Figures of the product that the rights stand on."""

from __future__ import annotations

SONGS = 10
"""A song is made from exactly this many."""

WEIGHT_TOTAL_PPM = 1_000_000
"""The weights of a set's songs add up to this."""
