"""Measures of what was made, and the bars it must clear."""
