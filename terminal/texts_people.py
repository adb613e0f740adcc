"""What is said of settings and people: L47, L75-L79, L83-L88 of `terminal.texts`."""

from __future__ import annotations

from typing import Final

from terminal.text import Text

PEOPLE_TEXTS: Final[dict[str, Text]] = {
    "L47": Text(
        "有未结清的交易，不能修改该设置",
        "This setting cannot change while money is open",
        "请先结算，冲正完成后再修改",
        "Settle first, and let reversals and advices finish; nothing was changed",
    ),
    "L83": Text(
        "没有可恢复的设置",
        "There are no earlier settings to go back to",
        "请查看设置历史",
        "Look at settings history",
    ),
    "L84": Text(
        "该设置属于终端数据，不能修改",
        "This setting belongs to the terminal's data and never changes",
        "请为新终端使用新的数据目录",
        "Give another terminal a folder of its own; nothing was changed",
    ),
    "L75": Text(
        "操作员号或密码错误",
        "The operator's number or password is wrong",
        "请重新输入，连续三次错误将锁定",
        "Try again; three wrong tries in a row lock the number",
    ),
    "L76": Text(
        "操作员已锁定",
        "This operator is locked after three wrong tries",
        "请主管或管理员解锁",
        "Have the supervisor or the administrator unlock it",
    ),
    "L77": Text(
        "请先修改初始密码",
        "The default password must be changed first",
        "请修改密码",
        "Change it: operators password, or password in serve",
    ),
    "L78": Text(
        "操作员未登录或已超时",
        "Nobody is logged in, or the session has ended",
        "请登录",
        "Log in: --operator with a password, or login in serve",
    ),
    "L79": Text(
        "需要第二人授权",
        "This takes two people",
        "请主管或管理员同时授权",
        "Give --second with the password of the supervisor or the administrator",
    ),
    "L87": Text(
        "交易已取消，未发送",
        "The payment was cancelled; nothing of it was sent",
        "可重新交易",
        "Nobody was charged; it may be begun again",
    ),
    "L88": Text(
        "交易已发送，不能取消",
        "The payment has left and cannot be cancelled",
        "请等待结果；成功后可撤销",
        "Wait for its outcome; void it if it is approved",
    ),
    "L85": Text(
        "密码不符合要求",
        "The new password will not do",
        "请使用其他密码",
        "Choose another: digits, enough of them, and no default",
    ),
    "L86": Text(
        "操作员号不可用",
        "That operator's number cannot be used",
        "请查看操作员列表",
        "Look at operators list; cashiers are 01 to 98",
    ),
}
