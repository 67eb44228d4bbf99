"""How it is found: documents, sync, query, engines."""
