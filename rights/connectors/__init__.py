"""Sources outside that are asked for figures, each in one module."""
