"""The world of the wire: sockets and the running clock."""
