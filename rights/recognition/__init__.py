"""The one home of shazamio: recordings are recognised here and nowhere else."""
