"""What is said of room and of the disk: L01, L02, L40 to L42 and L44 to L46 of `terminal.texts`."""

from __future__ import annotations

from typing import Final

from terminal.text import Text

STORAGE_TEXTS: Final[dict[str, Text]] = {
    "L01": Text("储存满，请先结算", "Storage is full", "请先结算", "Settle the batch first"),
    "L02": Text("储存将满", "Storage is nearly full", "请尽快结算", "Settle the batch soon"),
    "L40": Text("磁盘已满", "The disk is full", "请清理磁盘", "Free some space on the disk"),
    "L41": Text(
        "数据库被占用",
        "Another process holds the data",
        "请关闭另一个终端程序",
        "Close the other terminal program",
    ),
    "L42": Text(
        "数据完整性错误",
        "The stored data is not intact",
        "请停止使用并联系服务商",
        "Stop using the terminal and call service",
    ),
    "L44": Text(
        "磁盘空间不足，暂停交易",
        "The disk has too little space left for new payments",
        "请清理磁盘；仍可结算和撤销",
        "Free some space on the disk; settling and voiding still work",
    ),
    "L45": Text(
        "数据库过大，暂停交易",
        "The database is larger than it may be",
        "请先结算，再联系服务商",
        "Settle, then raise storage.database_mb_max or have old batches archived",
    ),
    "L46": Text(
        "多日未结算，请先结算",
        "The batch was not settled for too many days",
        "请先结算",
        "Settle the batch first; it frees the terminal at once",
    ),
}
