"""Voices of our own: every sound here is computed, none is recorded."""
