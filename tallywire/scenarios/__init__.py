"""Scenarios: what the network does and what is expected, in a TOML file; run like tests.

    file ─▶ script ─▶ player ─▶ stage (terminal, acquirer, printer, power) ─▶ judge ─▶ report

The terminal, the acquirer and the printer are the product's own, on loopback sockets and real
files; only the clock on the wall and the power switch are a scenario's.
"""
