"""Which field carries which fact: one module per profile."""
