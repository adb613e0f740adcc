"""The simulated world: terminal, acquirer, wire, disk and printer in one thread, on virtual time.

The code under test is the product's own; only its doors are replaced (bytes, disk, paper, clock).
Every fault comes from a script of choices, so that a run can be replayed from its choices or seed:

    python -m tests.world --seed 7 [--scenario payment|void|swarm@cup|...]
    python -m tests.world --scenario payment --choices 12:1,30:2
"""
