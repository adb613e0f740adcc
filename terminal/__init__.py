"""The terminal: machines that decide (pure), and `terminal.aio`, which performs."""
