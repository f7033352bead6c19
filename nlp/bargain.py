"""What a buyer or rep asks of a price on an open list: “rate 235 lagao”, “2% aur do”, “10+1 dena”, with his reason.

Only a message that asks this and nothing else is such a wish; goods with their price are read as lines of an order.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from nlp.fold import fold
from nlp.tokens import Kind, Token, tokens


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceWish:
    """One thing asked. `numbers`: the lines it is for; else `item_words` may name one; else it is for what is open."""

    price: Decimal | None = None
    """Of one UoM of the line."""
    percent: Decimal | None = None
    """Off the present price."""
    free: tuple[Decimal, Decimal] | None = None
    """So many bought, so many free with them; bought is 0 where only the free ones are said."""
    numbers: tuple[int, ...] = ()
    item_words: str = ""
    reason: str = ""


RATE = "rate rates ret bhav bhaav price prise prais dam daam रेट दाम भाव प्राइस कीमत"
GIVE = (
    "lagao laga lagana lagado lagwao kar karo kardo karna do de dedo dena dijiye dijie kijiye kijie kardijiye final "
    "fix chahiye chaiye milega milegi milna mangta make give need want at lagega rakho rakh "
    "लगाओ लगा लगाना कर करो करना दो दे देना दीजिए कीजिए फाइनल चाहिए मिलेगा रखो रख"
)
OFF = "discount chhoot chhut kam off less extra और aur more और कम छूट डिस्काउंट"
FREE = "free fri muft फ्री मुफ्त"
PERCENT = "% percent persent pct takka प्रतिशत टका"
PER = "per pe par ke me mein पर पे के में"
POINTS = "line lines number numbers no nambar wali wala wale लाइन नंबर वाली वाला"
OF = "ka ki ko का की को"
POLITE = (
    "scheme please plz pls bhai ji sir madam hai h ho to toh hi is it this for of the me rs rupees rupaye inr tak "
    "hum hume mujhe hamko humko se sakte sakta can you i we ok achha accha thoda "
    "भाई जी सर है तो ही रुपये हमें मुझे से थोड़ा"
)
ALL = "sab sabka sabhi all pura poora सब सभी पूरा"
REASON = (
    "competitor doosra dusra doosre dusre market bazar bazaar kyunki kyuki kyonki because since bol bolta bola "
    "mil milta milti mila sasta saste cheaper quoted quote offer offering purana regular bulk payment cash advance "
    "pehle pichhli last warna nahi "
    "दूसरा दूसरे बाज़ार बाजार क्योंकि बोल मिल सस्ता कंपटीटर पुराना नकद पहले वरना मार्केट"
)
ELSEWHERE = (
    "competitor doosra dusra doosre dusre market bazar bazaar sasta saste cheaper quoted quote "
    "दूसरा दूसरे बाज़ार बाजार सस्ता कंपटीटर मार्केट"
)
"""Of the reasons, those that speak of another seller's price."""
COMMA = frozenset({",", ";", ".", "।", "-", "(", ")", ":", "=", "@", "/", "!", "?"})
BREAKS = re.compile(r"[,;\n]+")
LONGEST, LONGEST_REASON = 400, 200
MOST_PERCENT = 50
LEAST_PRICE = 1
FREE_WITH = re.compile(r"(?<![\d.])(\d{1,4})\s*\+\s*(\d{1,3})(?![\d.])")


def _folds(words: str) -> frozenset[str]:
    return frozenset(fold(word) for word in words.split())


RATES, GIVES, OFFS, FREES, PERCENTS = (_folds(words) for words in (RATE, GIVE, OFF, FREE, PERCENT))
PERS, POINTERS, OFS, POLITES, ALLS, REASONS = (_folds(words) for words in (PER, POINTS, OF, POLITE, ALL, REASON))
ELSEWHERES = _folds(ELSEWHERE)


def price_wishes(text: str) -> tuple[PriceWish, ...]:
    """What the message asks of prices, one thing or one for each line named; () when it is something else, or more."""
    if len(text) > LONGEST:
        return ()
    if (only := _wish_of(text)) is not None:
        return (only,)
    clauses = [clause for clause in BREAKS.split(text) if clause.strip()]
    found = [_wish_of(clause) or _wish_of(f"rate {clause}") for clause in clauses]
    each = [wish for wish in found if wish is not None and (wish.numbers or wish.item_words)]
    return tuple(each) if len(each) == len(clauses) > 1 else ()


def _wish_of(text: str) -> PriceWish | None:
    asked, reason = _split(text)
    said = tokens(asked)
    wish = _free(asked, said) or _percent(said) or _price(said)
    if wish is None:
        return None
    return PriceWish(
        price=wish.price,
        percent=wish.percent,
        free=wish.free,
        numbers=wish.numbers,
        item_words=wish.item_words,
        reason=reason[:LONGEST_REASON],
    )


def gives_a_reason(text: str) -> bool:
    """“competitor 230 de raha hai”: nothing is asked, only why."""
    said = tokens(text)
    words = {token.fold for token in said}
    return len(text) <= LONGEST and bool(words & (REASONS - {fold("nahi"), fold("last"), fold("mil")}))


def speaks_of_others(text: str) -> bool:
    """“competitor kutku 530 me de raha hai”: the goods and figures in it are another seller's."""
    return any(token.fold in ELSEWHERES for token in tokens(text))


def _split(text: str) -> tuple[str, str]:
    """The wish, and what is said as its reason: from the clause that begins to speak of others, of cash, of before."""
    said = tokens(text)
    at = next((token.start for token in said if token.fold in REASONS and token.kind is Kind.WORD), None)
    if at is None:
        return text, ""
    before, behind = text[:at].strip(" ,;.-\n"), text[at:].strip()
    if any(token.kind is Kind.NUMBER for token in tokens(before)):
        return before, behind
    # The reason comes first: “competitor 230 de raha hai, 235 karo”.
    first, comma, rest = text.partition("\n") if "\n" in text else text.partition(",")
    return (rest.strip(), first.strip()) if comma and rest.strip() else (text, "")


def _free(text: str, said: Sequence[Token]) -> PriceWish | None:
    """`10+1`, `10 pe 1 free`, `1 free do`."""
    if match := FREE_WITH.search(text):
        bought, free = Decimal(match[1]), Decimal(match[2])
        rest = [token for token in said if not match.start() <= token.start < match.end()]
        return _wish(rest, free=(bought, free)) if free else None
    if not any(token.fold in FREES for token in said):
        return None
    numbers = [token for token in said if token.kind is Kind.NUMBER]
    rest = [token for token in said if token not in numbers[-2:] and token.fold not in FREES]
    match numbers:
        case [only]:
            return _wish(rest, free=(Decimal(0), Decimal(only.plain)))
        case [first, second]:
            return _wish(rest, free=(Decimal(first.plain), Decimal(second.plain)))
    return None


def _percent(said: Sequence[Token]) -> PriceWish | None:
    for at, token in enumerate(said[:-1]):
        if token.kind is Kind.NUMBER and (said[at + 1].fold in PERCENTS or said[at + 1].text == "%"):
            value = Decimal(token.plain)
            rest = [*said[:at], *said[at + 2 :]]
            return _wish(rest, percent=value) if 0 < value <= MOST_PERCENT else None
    return None


def _price(said: Sequence[Token]) -> PriceWish | None:
    """A number that is asked for as a price: with a word for it, or `final`, or `lagao`; the last one said."""
    rated = any(token.fold in RATES or token.text in ("₹", "@") for token in said)
    fixed = any(token.fold in _FIXES for token in said)
    if not (rated or fixed):
        return None
    numbers = [at for at, token in enumerate(said) if token.kind is Kind.NUMBER]
    if not numbers:
        return None
    # “rate 900 lagao line 2”: the number beside “line” is none.
    at = next((at for at in reversed(numbers) if not _is_pointed_at(said, at)), numbers[-1])
    value = Decimal(said[at].plain)
    rest = [*said[:at], *said[at + 1 :]]
    return _wish(rest, price=value) if value >= LEAST_PRICE else None


_FIXES = _folds("lagao laga lagana lagado final fix लगाओ लगा लगाना फाइनल")


def _wish(
    rest: Sequence[Token],
    *,
    price: Decimal | None = None,
    percent: Decimal | None = None,
    free: tuple[Decimal, Decimal] | None = None,
) -> PriceWish | None:
    """With the lines it names; None when a number is left that names none."""
    numbers: list[int] = []
    words: list[str] = []
    for at, token in enumerate(rest):
        if token.kind is Kind.NUMBER:
            if not _names_a_line(rest, at):
                return None
            numbers.append(int(token.plain))
        elif token.kind is Kind.WORD and not _is_known(token):
            words.append(token.text)
        elif token.kind is Kind.SIGN and token.text not in COMMA | {"₹", "+", "%"}:
            return None
    if numbers and words:
        return None
    return PriceWish(price=price, percent=percent, free=free, numbers=tuple(numbers), item_words=" ".join(words))


def _is_known(token: Token) -> bool:
    known = RATES | GIVES | OFFS | FREES | PERCENTS | PERS | POINTERS | OFS | POLITES | ALLS
    return token.fold in known


def _is_pointed_at(said: Sequence[Token], at: int) -> bool:
    beside = [*said[max(0, at - 1) : at], *said[at + 1 : at + 2]]
    return any(token.fold in POINTERS for token in beside)


def _names_a_line(rest: Sequence[Token], at: int) -> bool:
    """`2 number`, `line 2`, `2 ka rate`: a number beside a word that makes it a line's."""
    if "." in rest[at].plain:
        return False
    beside = [*rest[max(0, at - 1) : at], *rest[at + 1 : at + 2]]
    return any(token.fold in POINTERS | OFS for token in beside)
