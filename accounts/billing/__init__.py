"""The payment provider: what is asked of it (``ports``) and who speaks to it (``client``).

``client.py`` is the only importer of the Stripe SDK, which takes 0.7 s and 30 MiB to load; everybody
else takes ``payout_provider()`` from ``ports``, which loads it when it is first asked for something.
"""
