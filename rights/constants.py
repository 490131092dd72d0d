"""Figures of the product that the rights stand on."""

from __future__ import annotations

from uuid import UUID

SONGS = 10
"""A song is made from exactly this many."""

WEIGHT_TOTAL_PPM = 1_000_000
"""The weights of a set's songs add up to this."""

BACK_OFFICE = UUID("7e4f01d0-0000-4000-8000-000000000000")
"""Whose the jobs of the back office are: no organisation's."""

WHOLE_REVENUE = "net_shared"
"""The concern that a report says what a whole service earned, and not what of it is ours."""
