"""Benchmarks, side by side in one run: `make bench`. Ratios hold, microseconds do not."""
