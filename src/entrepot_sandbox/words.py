"""The words of the sandbox's pages in the buyer's language."""

from __future__ import annotations

from entrepot_sandbox.more_words import MORE

LANGUAGES = ("en", "de", "ar", "zh", "fr", "es", "pt", "ja")
HTML_LANG = {**{code: code for code in LANGUAGES}, "zh": "zh-Hans", "pt": "pt-BR"}
BABEL = {code: tag.replace("-", "_") for code, tag in HTML_LANG.items()}

# key: (en, de, ar, zh); the other languages stand in `more_words`
_WORDS = {
    "sign": (
        "Sandbox: no money moves",
        "Testumgebung: Es fließt kein Geld",
        "بيئة تجريبية: لا تُنقل أي أموال",
        "沙盒：没有真实资金流动",
    ),
    "pay": ("Pay {amount}", "{amount} bezahlen", "ادفع {amount}", "支付 {amount}"),
    "for": ("For", "Für", "مقابل", "用途"),
    "reference": ("Reference", "Referenz", "المرجع", "参考号"),
    "card_title": ("Pay by card", "Mit Karte bezahlen", "الدفع بالبطاقة", "银行卡支付"),
    "card_number": ("Card number", "Kartennummer", "رقم البطاقة", "卡号"),
    "card_until": ("Valid until", "Gültig bis", "صالحة حتى", "有效期"),
    "card_check": ("Security code", "Prüfziffer", "رمز الأمان", "安全码"),
    "card_unknown": (
        "This is not one of the test cards. Never type a real card here. Choose a number from the list below.",
        "Das ist keine der Testkarten. Geben Sie hier nie eine echte Karte ein. Wählen Sie eine Nummer aus der Liste.",
        "هذه ليست إحدى بطاقات الاختبار. لا تكتب هنا بطاقة حقيقية أبدًا. اختر رقمًا من القائمة أدناه.",
        "这不是测试卡。请勿在此输入真实卡号。请从下方列表中选择一个号码。",
    ),
    "cards": ("Test cards", "Testkarten", "بطاقات الاختبار", "测试卡"),
    "card_ok": (
        "asks for your bank's code, then pays",
        "fragt nach dem Code der Bank und zahlt dann",
        "تطلب رمز البنك ثم تدفع",
        "需输入银行验证码，然后支付成功",
    ),
    "card_declined": ("is declined", "wird abgelehnt", "تُرفض", "被拒绝"),
    "insufficient_funds": ("lacks the money", "ist nicht gedeckt", "رصيدها غير كافٍ", "余额不足"),
    "card_expired": ("has expired", "ist abgelaufen", "منتهية الصلاحية", "已过期"),
    "card_timeout": ("the bank answers late", "die Bank antwortet spät", "البنك يتأخر في الرد", "银行延迟答复"),
    "challenge_title": (
        "Your bank wants to know that it is you",
        "Ihre Bank möchte sichergehen, dass Sie es sind",
        "يريد بنكك التأكد من هويتك",
        "您的银行需要验证身份",
    ),
    "challenge_hint": (
        "The bank's code in this sandbox is {code}.",
        "Der Code der Bank ist hier {code}.",
        "رمز البنك في هذه البيئة التجريبية هو {code}.",
        "沙盒中的银行验证码为 {code}。",
    ),
    "challenge_code": ("Code", "Code", "الرمز", "验证码"),
    "challenge_again": (
        "The code is not right. Type it again.",
        "Der Code stimmt nicht. Geben Sie ihn noch einmal ein.",
        "الرمز غير صحيح. اكتبه مرة أخرى.",
        "验证码不正确，请重新输入。",
    ),
    "confirm": ("Confirm the payment", "Zahlung bestätigen", "تأكيد الدفع", "确认支付"),
    "stop": ("Stop and go back", "Abbrechen und zurück", "إلغاء والعودة", "取消并返回"),
    "bank_title": ("Your bank", "Ihre Bank", "بنكك", "您的银行"),
    "bank_hint": (
        "This plays your bank’s page. Choose what you do; if you just close it, the payment lapses by itself.",
        "Das spielt die Seite Ihrer Bank. Wählen Sie, was Sie tun; wer sie nur schließt, lässt die Zahlung verfallen.",
        "هذه الصفحة تمثل موقع بنكك. اختر ما تفعله؛ وإذا أغلقتها فحسب ينتهي الدفع من تلقاء نفسه.",
        "此页面模拟您的银行。请选择操作；若直接关闭，支付会自动失效。",
    ),
    "bank_approve": ("Approve {amount}", "{amount} freigeben", "وافق على {amount}", "批准支付 {amount}"),
    "bank_decline": ("Decline", "Ablehnen", "ارفض", "拒绝"),
    "bank_late": (
        "Leave, and let the money come later all the same",
        "Weggehen, und das Geld kommt später trotzdem",
        "غادر، ويصل المال لاحقًا رغم ذلك",
        "离开，但款项稍后仍会到账",
    ),
    "refuse": ("Refuse at the door", "An der Tür ablehnen", "رفض الاستلام عند الباب", "拒收"),
    "state_accepted": (
        "To be paid at the door.",
        "An der Tür zu bezahlen.",
        "يُدفع عند الباب.",
        "货到付款。",
    ),
    "code_title": ("Pay with this code", "Mit diesem Code bezahlen", "ادفع بهذا الرمز", "使用此码支付"),
    "code_hint": (
        "You are now at the till. Choose what happens with this code.",
        "Sie stehen jetzt an der Kasse. Wählen Sie, was mit diesem Code geschieht.",
        "أنت الآن عند الصندوق. اختر ما سيحدث لهذا الرمز.",
        "您现在在收银台。请选择如何处理此码。",
    ),
    "code_until": ("Valid until", "Gültig bis", "صالح حتى", "有效期至"),
    "code_now": ("Pay now", "Jetzt bezahlen", "ادفع الآن", "立即支付"),
    "code_late": (
        "Pay late: it lapses, and the money comes all the same",
        "Zu spät bezahlen: Der Code verfällt, und das Geld kommt trotzdem",
        "ادفع متأخرًا: ينتهي الرمز ثم يصل المال رغم ذلك",
        "逾期支付：码先失效，款项仍会到账",
    ),
    "code_lapse": ("Let it lapse", "Verfallen lassen", "اتركه ينتهي", "让其失效"),
    "back": ("Back to the shop", "Zurück zum Shop", "العودة إلى المتجر", "返回商店"),
    "state_captured": ("Paid.", "Bezahlt.", "تم الدفع.", "已支付。"),
    "state_failed": (
        "Refused. Nothing was charged.",
        "Abgelehnt. Es wurde nichts abgebucht.",
        "رُفض الدفع. لم يُخصم أي مبلغ.",
        "已被拒绝，没有扣款。",
    ),
    "state_cancelled": (
        "Stopped. Nothing was charged.",
        "Abgebrochen. Es wurde nichts abgebucht.",
        "أُوقف الدفع. لم يُخصم أي مبلغ.",
        "已取消，没有扣款。",
    ),
    "state_pending": (
        "The payment is on its way.",
        "Die Zahlung ist unterwegs.",
        "الدفع قيد التنفيذ.",
        "支付处理中。",
    ),
    "languages": ("Languages", "Sprachen", "اللغات", "语言"),
    "table": ("Table", "Tabelle", "جدول", "表格"),
    "step": ("Next step", "Nächster Schritt", "الخطوة التالية", "下一步"),
    "home": ("Sandbox", "Testumgebung", "البيئة التجريبية", "沙盒"),
    "home_words": (
        "This is the outside world of the demo: a payment provider, a carrier and a mailbox. Nothing here is real.",
        "Das ist die Außenwelt der Demo: Zahlungsanbieter, Paketdienst und Postfach. Nichts davon ist echt.",
        "هذا هو العالم الخارجي للعرض: مزود دفع وناقل وصندوق بريد. لا شيء هنا حقيقي.",
        "这里是演示的外部世界：支付机构、承运商与邮箱。一切均非真实。",
    ),
    "mail": ("Caught mail", "Abgefangene E-Mails", "الرسائل الملتقطة", "截获的邮件"),
    "mail_none": (
        "No mail yet. What the shop sends shows up here; none of it is delivered.",
        "Noch keine E-Mail. Was der Shop sendet, erscheint hier und wird nicht zugestellt.",
        "لا رسائل بعد. ما يرسله المتجر يظهر هنا ولا يُسلَّم.",
        "还没有邮件。商店发出的邮件会显示在这里，不会真正投递。",
    ),
    "to": ("To", "An", "إلى", "收件人"),
    "subject": ("Subject", "Betreff", "الموضوع", "主题"),
    "at": ("At", "Zeit", "الوقت", "时间"),
    "text": ("Plain text", "Nur Text", "نص عادي", "纯文本"),
    "parcels": ("Parcels", "Pakete", "الطرود", "包裹"),
    "parcels_none": (
        "No parcel yet. A parcel shows up here once it is shipped in the console.",
        "Noch kein Paket. Es erscheint hier, sobald es in der Konsole versandt ist.",
        "لا طرود بعد. يظهر الطرد هنا بعد شحنه من لوحة التحكم.",
        "还没有包裹。在控制台发货后会显示在这里。",
    ),
    "tracking": ("Tracking number", "Sendungsnummer", "رقم التتبع", "运单号"),
    "where": ("Last step", "Letzter Schritt", "آخر خطوة", "最新状态"),
    "advance": ("Move on", "Weiter", "التقدم خطوة", "推进一步"),
    "booked": ("Booked", "Gebucht", "محجوز", "已预订"),
    "payments": ("Payments", "Zahlungen", "المدفوعات", "支付"),
    "payments_none": ("No payment yet.", "Noch keine Zahlung.", "لا مدفوعات بعد.", "还没有支付。"),
    "amount": ("Amount", "Betrag", "المبلغ", "金额"),
    "state": ("State", "Stand", "الحالة", "状态"),
    "missing": (
        "There is nothing at this address. It may have been another sandbox's.",
        "Unter dieser Adresse ist nichts. Vielleicht gehörte sie zu einer anderen Testumgebung.",
        "لا يوجد شيء على هذا العنوان. ربما كان لبيئة تجريبية أخرى.",
        "此地址没有内容，可能属于另一个沙盒。",
    ),
}

RTL = frozenset({"ar"})


def word(key: str, lang: str, **places: str) -> str:
    """Return a word or sentence in a language, English when it has none."""
    row = (*_WORDS[key], *MORE[key])
    text = row[LANGUAGES.index(lang)] if lang in LANGUAGES else row[0]
    return text.format(**places) if places else text


def pick(asked: str, hints: str = "") -> str:
    """Return the language of a page: the one asked for, else the first known one in `hints`, else English."""
    for candidate in [asked, *hints.replace(";", ",").split(",")]:
        base = candidate.strip().lower().split("-")[0].split("_")[0]
        if base in LANGUAGES:
            return base
    return "en"
