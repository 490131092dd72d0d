"""Rights for staff: queues of doubtful matches, overrides, consents, deliveries; the rest to read."""

from __future__ import annotations

from rights.admin import consents, deliveries, ledger, matches, outside, recordings, song_sets

__all__ = ["consents", "deliveries", "ledger", "matches", "outside", "recordings", "song_sets"]
