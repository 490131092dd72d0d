"""From an analysis to units: what of a song is clear enough to be used again."""
