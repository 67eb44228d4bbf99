"""The researcher's desk: what is found as pages, exports, feeds and JSON, read-only by construction."""
