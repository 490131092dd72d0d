"""Reads of the library, one module per page."""
