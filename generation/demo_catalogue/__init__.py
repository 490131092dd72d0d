"""Ten pieces by the project's authors: data that people can read, made into arrangements."""
