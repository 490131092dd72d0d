"""Jobs of the rights app."""
