"""The world of the terminal: disk, printer, link, clock."""
