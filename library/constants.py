"""Limits of the library. What a person may bring, and how long it is kept."""

from __future__ import annotations

from datetime import timedelta

FILE_MAX_BYTES = 300 * 1024 * 1024
DURATION_MIN_S, DURATION_MAX_S = 10, 15 * 60
# A tus request carries at most this much; the client sends smaller pieces.
CHUNK_MAX_BYTES = 32 * 1024 * 1024
UPLOAD_KEPT = timedelta(days=7)  # an upload that stopped half-way may go on until then
DELETED_KEPT = timedelta(days=30)  # a deleted track can be brought back until then
ARTEFACTS_KEPT = timedelta(days=7)  # notes of finished jobs, for whoever asks how one went
FILENAME_MAX = 255
BPM_MIN, BPM_MAX = 20, 400
