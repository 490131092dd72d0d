"""Facts of music that need no database: keys and their neighbours."""
