"""Pure functions of the accounts app: no Django, no rows."""
