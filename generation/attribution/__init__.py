"""Who is owed what: exact shares for every event, every bar and the whole song. No Django here."""
