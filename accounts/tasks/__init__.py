"""What the workers run for the accounts app, reached by dotted names."""
