"""Mosaic's score: units mined from ten analyses and a base pack, put together under one plan."""
