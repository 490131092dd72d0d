"""The one home of the Stripe SDK: ``client.py`` will be its only importer."""
