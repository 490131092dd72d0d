"""Writes of the generation app: one call per view or task."""
