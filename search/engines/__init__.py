"""The search engines behind one protocol: embedded (tantivy); a server comes beside it."""
