"""What the terminal says to the person at the counter: one row for every local code.

Each code has a sentence and a next step in Chinese and English (REQ 000-20). Host response
codes have their own table; these are the terminal's own findings (L..). The groups: L01-L13
money and records, L20-L29 the link, L30-L39 the printer (every cause its own code, REQ 000-04
and 003-06), L40-L46 the disk and TLS, L47, L83 and L84 settings, L48-L49 hosts that do not
answer, L50-L59 paper that is asked for, L60-L69 payments that speak of another, L70-L74 the
settlement inquiry, L75-L79 and L85-L88 people, L80-L82 printers behind a broker, L90-L98 the
acquirer's copy of payments.
"""

from __future__ import annotations

from typing import Final

from terminal.effects import Notice
from terminal.text import Text
from terminal.texts_people import PEOPLE_TEXTS
from terminal.texts_recovery import RECOVERY_TEXTS
from terminal.texts_storage import STORAGE_TEXTS

TEXTS: Final[dict[str, Text]] = {
    "L03": Text(
        "上次结算结果未知",
        "The last settlement has no answer yet",
        "请继续结算，勿重新交易",
        "Run settle again; it repeats the same request. Do not sell meanwhile",
    ),
    "L04": Text(
        "上次批上送中断",
        "The batch upload is not complete",
        "将继续批上送",
        "Run settle again; the upload goes on where it stopped",
    ),
    "L05": Text(
        "有冲正未完成",
        "A reversal is still to be sent",
        "请稍候，联机后自动冲正",
        "Wait; it is sent as soon as the acquirer can be reached",
    ),
    "L06": Text("请先签到", "The terminal is not signed on", "请签到", "Sign on"),
    "L07": Text("权限不足", "This operator may not do that", "请主管操作", "Ask the supervisor"),
    "L08": Text(
        "无此交易", "No such payment", "请核对凭证号或日期", "Check the voucher number or the date"
    ),
    "L09": Text(
        "找到多笔，请选择",
        "Several payments match",
        "请从列表中选择一笔，并注明批次号",
        "Choose one from the list, by its batch; nothing was done",
    ),
    "L10": Text(
        "该交易已撤销", "This payment is already voided", "无需再次撤销", "Nothing is left to undo"
    ),
    "L11": Text("该批次已结算", "This batch is closed", "请使用退货", "Make a refund instead"),
    "L12": Text("金额不符", "The amount is not the original's", "请核对金额", "Check the amount"),
    "L13": Text("卡号不符", "The card is not the original's", "请使用原卡", "Use the same card"),
    "L14": Text(
        "仅受理公布的测试卡",
        "Only published test cards are accepted",
        "请使用测试卡",
        "Use a test card; this terminal is a simulator, not a certified device",
    ),
    "L15": Text(
        "金额超出限制",
        "The amount is outside this terminal's limits",
        "请核对金额",
        "Check the amount",
    ),
    "L16": Text("本批次无交易", "The batch holds nothing to settle", "无需结算", "Nothing to do"),
    "L17": Text(
        "批次号与主机不一致",
        "The acquirer has another batch open",
        "请先结算并核对",
        "Settle, then compare both sides; the number here is kept",
    ),
    "L18": Text("冲正成功", "The payment was undone", "可重新交易", "It may be charged again"),
    "L19": Text(
        "对账平，批次已结", "In balance, the batch is closed", "可继续交易", "Go on selling"
    ),
    "L20": Text(
        "无法连接主机",
        "The acquirer cannot be reached",
        "请检查网络后重试，交易未发送",
        "Check the network and try again; nothing was sent",
    ),
    "L21": Text(
        "主机无应答",
        "The acquirer did not answer in time",
        "请勿重复刷卡，终端将自动冲正",
        "Do not charge the card again; the terminal reverses by itself",
    ),
    "L22": Text(
        "收到的报文有误",
        "The acquirer's bytes could not be read",
        "请重试，多次出现请联系收单行",
        "Try again; call the acquirer if it goes on",
    ),
    "L23": Text(
        "应答与请求不符",
        "The reply belongs to another request",
        "请等待，终端将自动处理",
        "Wait; the terminal settles this by itself",
    ),
    "L24": Text(
        "MAC校验错", "The reply's MAC is wrong", "请重新签到", "Sign on again for new keys"
    ),
    "L25": Text(
        "密钥校验错，签到失败",
        "The keys that came at sign-on are wrong; the old ones stay",
        "请核对主密钥，再重新签到",
        "Compare the master keys, then sign on again",
    ),
    "L26": Text(
        "无PIN密钥，不能输密",
        "There is no key to encipher the PIN with",
        "请使用带密钥的报文规范并重新签到",
        'Use a dialect that has keys (cup, or [pin] keys = "dukpt"), and sign on',
    ),
    "L27": Text(
        "本报文规范仅支持签到、签退和回响测试",
        "This dialect can only sign on, sign off and echo",
        "请改用 iso87、iso87_bcd 或 cup",
        "Use dialect iso87, iso87_bcd or cup to pay and to settle",
    ),
    "L28": Text(
        "PIN密钥已用尽",
        "This device has used up its PIN keys",
        "请装载新的初始密钥",
        "Load a new initial key (initial_key_file, key_serial)",
    ),
    "L29": Text(
        "主机要求本终端没有的功能",
        "The host wishes what this terminal has no function for",
        "请联系服务商处理，之后主机会停止要求",
        "See to it with the acquirer; it stands in the status until the host is content",
    ),
    "L30": Text(
        "打印机无法连接",
        "The printer cannot be reached",
        "请检查电源和网线，凭证将自动补打",
        "Check its power and cable; what waits prints by itself",
    ),
    "L31": Text("打印机脱机", "The printer is offline", "请按联机键", "Press its online button"),
    "L32": Text("打印机缺纸", "The printer is out of paper", "请装纸", "Load paper"),
    "L33": Text("打印纸将尽", "The paper is near its end", "请准备纸卷", "Have a roll ready"),
    "L34": Text("打印机上盖打开", "The printer's cover is open", "请合上上盖", "Close the cover"),
    "L35": Text(
        "打印头过热",
        "The print head is too hot",
        "请稍候，冷却后自动恢复",
        "Wait; it recovers when it has cooled down",
    ),
    "L36": Text(
        "切刀卡住",
        "The cutter is jammed",
        "请关机，取出卡纸后重新开机",
        "Switch it off, take out the jammed paper, switch it on",
    ),
    "L37": Text(
        "打印机故障",
        "The printer has a fault it cannot mend",
        "请关机后重新开机，仍不行请报修",
        "Switch it off and on; call service if that does not help",
    ),
    "L38": Text(
        "打印结果未知",
        "It is not known what came out of the printer",
        "请查看纸张并回答：已出 / 未出",
        "Look at the paper and answer: came out, or did not",
    ),
    "L39": Text(
        "打印已关闭",
        "Printing is switched off",
        "请在设置中指定打印机",
        "Set a printer in the configuration",
    ),
    "L43": Text(
        "安全连接失败",
        "There is no secure line to the acquirer",
        "请核对双方证书设置",
        "Compare the certificates of both sides; the table is [tls]",
    ),
    "L48": Text(
        "冲正不成功，请人工处理",
        "The acquirer did not answer a reversal; a person must see to it",
        "请与收单方核实后执行 recover --retry-manual",
        "Ask the acquirer what became of it, then recover --retry-manual",
    ),
    "L49": Text(
        "主机无应答，未发起交易",
        "The acquirer did not answer, and no payment was begun",
        "请稍后重试",
        "Try again in a moment",
    ),
    "L50": Text(
        "无旧结算数据",
        "There is no settlement to reprint",
        "请先结算",
        "Settle a batch first",
    ),
    "L51": Text(
        "该范围内无数据",
        "Nothing lies in this range",
        "请更改批次号或日期",
        "Give another batch or range of dates",
    ),
    "L52": Text(
        "该批次数据已清除",
        "The batch was purged",
        "请从存档中查询",
        "Look for it in the exported archive",
    ),
    "L53": Text(
        "不支持该查询条件",
        "This filter does not apply here",
        "请更改条件",
        "Use another filter",
    ),
    "L54": Text(
        "凭证缺少必填项",
        "The paper lacks what it must carry",
        "请在设置中补全商户信息",
        "Complete the merchant's details in the configuration",
    ),
    "L55": Text(
        "重打印次数或期限超限",
        "It may not be reprinted any more",
        "请主管操作",
        "Ask the supervisor",
    ),
    "L56": Text(
        "打印任务已开始，不能取消",
        "Printing has begun and cannot be cancelled",
        "打印完成后可作废",
        "Void the paper when it is out",
    ),
    "L57": Text(
        "未找到中文字体",
        "No typeface with Chinese characters was found",
        "请安装中文字体；已改用英文",
        "Install a CJK font, such as fonts-wqy-zenhei; English is used meanwhile",
    ),
    "L58": Text(
        "交易成功，凭证未打印，请勿重复刷卡",
        "The payment is approved but its receipt is not printed. Do not charge again",
        "打印机恢复后可补打",
        "Reprint it when the printer is ready",
    ),
    "L59": Text(
        "无此打印任务", "There is no such print job", "请查看任务列表", "Look at the list of jobs"
    ),
    "L60": Text(
        "该交易不支持此操作",
        "This cannot be done to that kind of payment",
        "请核对凭证号",
        "Check the voucher number",
    ),
    "L61": Text(
        "该交易尚未上送",
        "The acquirer has not answered its advice yet",
        "请稍候，联机后自动上送",
        "Wait; it is told as soon as the acquirer can be reached",
    ),
    "L62": Text(
        "超过可退金额",
        "The refunds would be more than the payment",
        "请核对可退金额",
        "Refund at most what is left of it",
    ),
    "L63": Text(
        "超过预授权金额",
        "The completion is more than was authorised",
        "请核对金额",
        "Complete for less, or authorise again",
    ),
    "L64": Text(
        "该预授权已完成",
        "This authorisation is already completed",
        "如有误请撤销完成",
        "Void the completion if it was wrong",
    ),
    "L65": Text(
        "该交易已有退货或调整",
        "It was already refunded or adjusted",
        "请使用退货",
        "Make a refund instead",
    ),
    "L66": Text(
        "有交易尚未上送",
        "The acquirer has not answered every advice yet",
        "请稍候，联机后再结算",
        "Settle when it can be reached; nothing was closed",
    ),
    "L67": Text(
        "脱机交易成功，稍后上送",
        "Accepted offline; the acquirer is told later",
        "请在结算前联机",
        "Hand over the goods; go online before the settlement",
    ),
    "L68": Text(
        "签退前请先结算",
        "The batch is not settled",
        "请先结算",
        "Settle first; then sign off",
    ),
    "L69": Text(
        "结算查询未启用",
        "The settlement inquiry is switched off",
        "收单方支持时才可启用",
        "Set settlement_inquiry = true if the acquirer has it",
    ),
    "L70": Text(
        "主机：批次未结算",
        "The acquirer has the batch open: the settlement never arrived",
        "请继续结算",
        "Settle again: it is repeated as it was",
    ),
    "L71": Text(
        "主机：批次对账中",
        "The acquirer has frozen the batch and is comparing",
        "请稍候再结算",
        "Settle again in a while: it is repeated as it was",
    ),
    "L72": Text(
        "主机：等待批上送",
        "The acquirer waits for the payments of the batch",
        "请继续结算",
        "Settle again: the answer comes, then the upload",
    ),
    "L73": Text(
        "主机：批次已结算",
        "The acquirer has closed the batch",
        "请继续结算以取得结果",
        "Settle again to fetch the result; nothing was closed here by asking",
    ),
    "L74": Text(
        "主机：无此批次",
        "The acquirer does not know the batch",
        "请联系收单方",
        "Call the acquirer if there were payments in it",
    ),
    "L80": Text(
        "打印服务器无法连接",
        "The broker of the printer cannot be reached",
        "请检查网络、地址和证书，凭证将自动补打",
        "Check network, URL and certificates; what waits prints by itself",
    ),
    "L81": Text(
        "打印服务器拒绝登录",
        "The broker of the printer refuses this terminal",
        "请检查用户名、密码和权限",
        "Check user, password and rights at the broker",
    ),
    "L82": Text(
        "缺少云打印组件",
        "Printers behind a broker need the extra mqtt",
        "请安装 tallywire[mqtt]",
        "Install it: pip install 'tallywire[mqtt]'",
    ),
    **PEOPLE_TEXTS,
    **RECOVERY_TEXTS,
    **STORAGE_TEXTS,
}

UNNAMED: Final = Text(
    "未知错误", "Something without a name happened", "请联系服务商", "Call service"
)


def text_of(code: str) -> Text:
    """Return the text of a local code. Fails safe on an unknown one."""
    return TEXTS.get(code, UNNAMED)


def notice(code: str, *, subject: str, key: str, state: str) -> Notice:
    """Return a notice that says a local code to a person."""
    text = text_of(code)
    return Notice(
        code=code,
        subject=subject,
        key=key,
        state=state,
        zh=text.zh,
        en=text.en,
        next_zh=text.next_zh,
        next_en=text.next_en,
    )
