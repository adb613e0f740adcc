"""The wire: what the bytes of a card payment mean.

    bytes  <- codec + framing ->  Message  <- profile ->  Operation

This root is pure (no socket, no clock, no disk); `protocol.aio` meets the world.
Nothing here imports the terminal or the acquirer.
"""
