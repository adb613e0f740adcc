"""Tools for dialects of one's own: which one is meant, messages drawn from it, and a judge."""
