"""Passwords at rest: scrypt (RFC 7914) over a keyed hash, so that the database alone is no help.

A cashier's password has four digits: ten thousand guesses. Behind scrypt that is minutes, so the
password first goes through HMAC with a key that lies outside the database. Cost and salt stand
with each hash; a later version may raise the cost and still read the old ones.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

SALT_BYTES: Final = 16
HASH_BYTES: Final = 32
SCHEME: Final = "scrypt"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a guess costs: `n` times 128 times `r` bytes of memory, `p` times."""

    n: int = 2**14
    r: int = 8
    p: int = 1


USUAL: Final = Cost()


def seal(password: str, *, number: str, salt: bytes, key: bytes, cost: Cost = USUAL) -> str:
    """Return what may be stored of an operator's password: scheme, cost, salt, hash."""
    assert len(salt) == SALT_BYTES, "a salt is 16 bytes, never used before"
    digest = _digest(password, number=number, salt=salt, key=key, cost=cost)
    return f"{SCHEME}${cost.n}${cost.r}${cost.p}${salt.hex()}${digest.hex()}"


def matches(password: str, sealed: str, *, number: str, key: bytes) -> bool:
    """Tell whether it is the password that was sealed, in time that says nothing else."""
    scheme, n, r, p, salt, digest = sealed.split("$")
    assert scheme == SCHEME, "no other scheme was ever written"
    cost = Cost(int(n), int(r), int(p))
    tried = _digest(password, number=number, salt=bytes.fromhex(salt), key=key, cost=cost)
    return hmac.compare_digest(tried, bytes.fromhex(digest))


def _digest(password: str, *, number: str, salt: bytes, key: bytes, cost: Cost) -> bytes:
    keyed = hmac.new(key, f"{number}\0{password}".encode(), hashlib.sha256).digest()
    return hashlib.scrypt(keyed, salt=salt, n=cost.n, r=cost.r, p=cost.p, dklen=HASH_BYTES)
