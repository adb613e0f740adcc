"""The demo: one day at one terminal, with real processes, told as a story."""
