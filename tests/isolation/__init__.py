"""Nobody reaches another organisation's things: every address, every method, every stranger."""
