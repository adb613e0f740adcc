"""Messages for people: bytes in whatever dress, a readable account, JSON, and a diagnosis."""
