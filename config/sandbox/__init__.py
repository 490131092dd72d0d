"""Stand-ins for the services outside, over real HTTP: ``python -m config.sandbox``.

Nothing here imports anything of the product, or Django, and the product imports nothing of this:
a base URL in the settings is the only link. Each service has its own port, its own wire format and
its own errors; all share the switches under ``/_sandbox/`` (README.md).
"""
