"""Pages of rights holders."""
