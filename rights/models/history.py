"""Row history by triggers for what may be disputed: who is who, what is what, who allowed it."""

from __future__ import annotations

from accounts.models.history import track
from rights.models.consent import Consent
from rights.models.match import Match
from rights.models.party import Party
from rights.models.recording import Recording

track(Party)
track(Recording)
track(Consent)
track(Match)
