"""What makes songs: one interface, one card and one adapter for each engine."""
