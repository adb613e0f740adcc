"""Rows of the money tables, drawn from the facts of payment, reversal and settlement."""

from __future__ import annotations
