"""Fixtures of the library: an upload folder per test, a short song, a way to bring a file in."""

from __future__ import annotations

import io
from datetime import UTC, datetime

import pytest

from config.jobs import attempts, worker
from library.services.uploads import upload_receive
from tests.library.sounds import encoded, tone

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _upload_folder(settings, tmp_path):
    settings.UPLOAD_DIR = str(tmp_path / "uploads")


@pytest.fixture(scope="session")
def short_song() -> bytes:
    """Return twelve seconds of WAV."""
    return encoded(tone(12), "wav")


@pytest.fixture
def bring(cast):
    """Return a function that uploads bytes to alice's studio and returns the upload."""

    def receive(content: bytes, filename: str = "song.wav", *, organisation=None):
        return upload_receive(
            organisation=organisation or cast.studio,
            user=cast.alice,
            filename=filename,
            stream=io.BytesIO(content),
            size_bytes=len(content),
            now=NOW,
        )

    return receive


@pytest.fixture
def do_next_job(monkeypatch):
    """Return a function that does the next waiting job here, as a worker and its child would."""
    # A child drops connections that died while it waited; inside a test's transaction Django
    # would take the test's own connection for such a one.
    monkeypatch.setattr(attempts, "close_old_connections", lambda: None)

    def do(queue: str = "cpu") -> str:
        claimed = worker.claim_next(queue)
        assert claimed is not None, "no job waits"
        reply = attempts.attempt_job(job_id=claimed.id, attempt=claimed.attempt)
        worker._write_ending(claimed, reply)
        return reply.outcome

    return do
