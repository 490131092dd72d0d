"""Handlers of the library's jobs; the child process imports them, the web process never."""
