"""What the pages of songs show: frozen dataclasses whose every word is ready."""
