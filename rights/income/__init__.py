"""Reading usage reports of any size and dividing what they earned: DuckDB, in worker children only."""
