"""A finished song as files that leave the house: audio, stems, notes on paper."""
