"""DDEX Digital Sales Reports as flat files: names, records, cells, and what can be wrong with them."""
