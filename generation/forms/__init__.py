"""Forms of songs: what is wished for, a name, an edit, a mix."""
