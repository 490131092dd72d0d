"""Scores to sound: arrangement, instruments, dry stems, mix and master. Pure: arrays in, arrays out."""
