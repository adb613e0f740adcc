"""The documentation, and what draws its reference pages: `make docs`."""
