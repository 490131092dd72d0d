"""What ``manage.py song`` is made of: one song from a folder of ten, as the portal makes it."""
