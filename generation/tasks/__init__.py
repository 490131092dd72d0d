"""The heavy work of the generation app, done in child processes only."""
