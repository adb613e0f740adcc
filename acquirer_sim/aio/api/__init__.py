"""The HTTP interface of a running host: what it shows, and what it can be told."""

from __future__ import annotations
