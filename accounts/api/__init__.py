"""The REST API of people, organisations and their jobs, and who may call it."""
