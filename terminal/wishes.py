"""What the host wishes in the header of its replies, and what the terminal does about it.

| wish | what the terminal does when the payment at hand is complete |
|---|---|
| 3 sign on | signs on; `SignOnNeeded` stands on disk until it has |
| 2 upload the status | an echo: its header tells the terminal's state |
| 1, 4 to 8, any other | has no function for it: tells a person (L29), shows it in its status |

A wish stands on disk, once, until the host wishes it no longer; what is done is done once.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from msgspec.structs import replace

from protocol.header import ProcessingRequest
from terminal.effects import Notice
from terminal.facts import Fact
from terminal.texts import notice

NOTHING: Final = ProcessingRequest.NOTHING.value
UNKNOWN_WORDS: Final = ("未知请求", "something without a name")


class Errand(Enum):
    """What is done about a wish."""

    NOTHING = "nothing"
    SIGN_ON = "sign_on"
    ECHO = "echo"
    TELL = "tell"


_P = ProcessingRequest

ERRANDS: Final = {
    _P.NOTHING: Errand.NOTHING,
    _P.SIGN_ON: Errand.SIGN_ON,
    _P.UPLOAD_STATUS: Errand.ECHO,
    _P.DOWNLOAD_PARAMETERS: Errand.TELL,
    _P.UPDATE_CA_KEYS: Errand.TELL,
    _P.DOWNLOAD_CHIP_PARAMETERS: Errand.TELL,
    _P.MANAGE_TERMINAL: Errand.TELL,
    _P.DOWNLOAD_BLACKLIST: Errand.TELL,
    _P.UPDATE_RATES: Errand.TELL,
}

WORDS: Final = {
    _P.UPLOAD_STATUS.value: ("上送终端状态", "the terminal's status"),
    _P.DOWNLOAD_PARAMETERS.value: ("下载参数", "new parameters"),
    _P.UPDATE_CA_KEYS.value: ("更新CA公钥", "new CA public keys"),
    _P.DOWNLOAD_CHIP_PARAMETERS.value: ("下载IC卡参数", "new chip parameters"),
    _P.MANAGE_TERMINAL.value: ("TMS参数下载", "a visit by terminal management"),
    _P.DOWNLOAD_BLACKLIST.value: ("下载黑名单", "a new blacklist"),
    _P.UPDATE_RATES.value: ("更新币种汇率", "new exchange rates"),
}


class HostWished(Fact, frozen=True, kw_only=True):
    """The host wishes this in its header, a digit; 0 when it wishes nothing any more."""

    wish: str


def errand_of(wish: str) -> Errand:
    """Return what is done about a digit of the header; of one that nobody knows a person hears."""
    known = {request.value: errand for request, errand in ERRANDS.items()}
    return known.get(wish, Errand.TELL)


def words_of(wish: str) -> str:
    """Return a wish in English: "4 new CA public keys"; "" for none."""
    return "" if wish in ("", NOTHING) else f"{wish} {WORDS.get(wish, UNKNOWN_WORDS)[1]}"


def wish_notice(wish: str) -> Notice:
    """Return what a person is told of a wish for which the terminal has no function."""
    zh, en = WORDS.get(wish, UNKNOWN_WORDS)
    said = notice("L29", subject="terminal", key=wish, state="host_wishes")
    return replace(said, zh=f"{said.zh}：{zh}", en=f"{said.en}: {en}")
