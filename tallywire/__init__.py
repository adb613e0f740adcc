"""The bench: the command, the demo, the virtual printer."""
