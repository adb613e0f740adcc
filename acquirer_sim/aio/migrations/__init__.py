"""The ledger's history of shapes, for Alembic; packaged, and run without an ini file."""
