"""The world of the acquirer: ledger store, sockets, clock."""
