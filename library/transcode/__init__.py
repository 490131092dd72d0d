"""Samples to files: the lossless master, the file that browsers play."""
