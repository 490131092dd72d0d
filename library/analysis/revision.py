"""The version of everything measured here.

Stored with each analysis; with the SHA-256 of the audio it is the key of the cache. Raise it in the
commit that changes any number an analysis can hold.
"""

from __future__ import annotations

ANALYSIS_REVISION = "2026.11.6"
LONG_TERM_REVISION = "1"
"""Of the long-term spectrum, which songs were measured by before it was a part of the analysis."""
