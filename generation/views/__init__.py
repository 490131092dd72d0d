"""The pages of songs: parse what was asked, call one service, respond."""
