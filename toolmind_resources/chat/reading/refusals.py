"""How models decline, where an answer in a given form was wanted."""

import re

_LONGEST = 1500
"""Characters; what is longer says more than that it declines."""
_BEGINNING = re.compile(
    r"\W*(?:(?:i['’]?m|i am|we['’]?re|we are)\s+(?:very |so |really )?(?:sorry|afraid|unable|not able)\b"
    r"|(?:i|we)\s+(?:can['’]?t|cannot|can not|won['’]?t|will not|could not)\b"
    r"|i\s+(?:must|have to)\s+(?:decline|refuse)\b"
    r"|(?:i\s+)?apologi[sz]e|my apologies|sorry\b|unfortunately,?\s+(?:i|we)\b|as an ai\b"
    r"|es tut mir leid|leider\s+kann|ich kann\b.{0,80}\bnicht\b|je suis désolée?|désolée?\b|je ne peux pas"
    r"|lo siento|no puedo|desculpe|não posso|sinto muito|mi dispiace|non posso|извините|я не могу"
    r"|抱歉|对不起|很抱歉|我无法|我不能|申し訳|죄송)",
    re.I,
)


def is_refusal(text: str) -> bool:
    """Whether a text that should hold JSON, and holds none, declines instead."""
    return len(text) <= _LONGEST and _BEGINNING.match(text) is not None
