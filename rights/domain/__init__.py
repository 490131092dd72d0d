"""Arithmetic and rules of rights: whole numbers in, frozen dataclasses out, nothing of Django."""
