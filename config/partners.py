"""Which outside services are spoken to: the real ones, or the stand-ins of ``config/sandbox``."""

from __future__ import annotations

from urllib.parse import urlsplit

# The ports of the stand-ins, counted from SANDBOX_PORT; config/sandbox/runner.py has the same order.
STAND_INS = ("apple_music", "shazam", "platoon", "stripe", "acoustid", "musicbrainz", "ecb")
# Where the real ones answer whom settings ask as soon as there is a key.
REAL = {
    "stripe": "https://api.stripe.com",
    "acoustid": "https://api.acoustid.org",
    "musicbrainz": "https://musicbrainz.org",
    "ecb": "https://www.ecb.europa.eu",
}
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def stand_in_url(name: str, *, host: str, port: int) -> str:
    """Return where the stand-in for ``name`` listens when the first one has ``port``."""
    return f"http://{host}:{port + STAND_INS.index(name)}"


def is_stand_in(url: str, *, host: str) -> bool:
    """Say whether ``url`` leads to a stand-in: on this machine, or on the sandbox's host."""
    return urlsplit(url).hostname in {*LOOPBACK, host}
