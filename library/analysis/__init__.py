"""Measures audio: arrays and paths in, frozen dataclasses out. Knows neither Django nor a user.

``analyse_pcm`` (library.analysis.pipeline) is the entry; docs/algorithms/analysis.md names every
method, its source, what it is bad at and what was measured.
"""
