"""Somebody else's ISO 8583: written from the standard's table, sharing no line with the product."""
