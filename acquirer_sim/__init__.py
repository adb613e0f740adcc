"""The acquirer: decisions (pure), and `acquirer_sim.aio`, which performs."""
