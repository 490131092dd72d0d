"""Statements: issued, posted, kept, drawn, disputed."""
