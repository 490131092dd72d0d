"""Apple Music: what a song is called, where it is released, and under which id it plays."""
