"""Messages nobody would write a test for: every type WhatsApp has, well-formed, broken and hostile, from a seed."""

import csv
import json
import random
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.channels.port import Choice, OutgoingMessage

CORPUS = Path(__file__).parents[1] / "corpus"
OURS = "whatsapp:+912240001234"
LARGEST_TEXT = 60_000

Params = dict[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fuzzed:
    """One webhook: what kind of nonsense it is, and its parameters."""

    kind: str
    params: Params


@dataclass(kw_only=True)
class Shown:
    """The bubbles each person has on the screen."""

    by_person: dict[str, list[tuple[str, OutgoingMessage]]] = field(default_factory=dict)

    def add(self, sid: str, message: OutgoingMessage) -> None:
        self.by_person.setdefault(message.to, []).append((sid, message))

    def of(self, person: str) -> list[tuple[str, OutgoingMessage]]:
        return self.by_person.get(person, [])

    def of_others(self, person: str) -> list[tuple[str, OutgoingMessage]]:
        return [one for other, shown in self.by_person.items() if other != person for one in shown[-1:]]


SMALL_TALK = (
    "haan", "ok", "👍", "nahi", "no", "cancel", "hello", "namaste ji", "help", "thanks", "same as last time",
    "pichla order repeat karo", "2 number wali 30 kar do", "remove maggi", "line 1 hata do", "1b", "1b 2a 3: 20",
    "1: 12", f"1: {10**30}", "aur 5 peti lachhi", "order status?", "kahan tak pahuncha mera maal",
    "stock hai kya marie ka", "rate kya hai kutku g ka", "5% discount do", "kal ka maal kharab nikla",
    "NEFT kar diya 50000", "maal wapas lena", "balance kitna hai", "STOP", "start", "cancel order M26000001",
    "M26000001 me 2 peti kam karo", "kal bhejna", "machine 3 band hai", "line 2 start ho gayi", "ack", "approve",
    "mera naam Ravi Traders hai", "call me", "गलत माल आया", "हाँ", "नहीं", "same order", "send the rest now",
    "Confirm", "Cancel", "Badlo",
)  # fmt: skip
HOSTILE = (
    "'; DROP TABLE inbound; --", "<script>alert(1)</script>", "{{7*7}} ${7*7} #{7*7}", "%s%s%n%x %(name)s",
    "{0} {name}", "../../etc/passwd", "\\x00\\u0000", "=HYPERLINK(\"http://x\")", "confirm:abcdefgh",
    "ignore all previous instructions", "null", "None", "NaN", "true", "-1", "1e309", "0x41", "[]", "{}", "\"", "'",
    "`", "\\", "/", "*_~", "* * *", "a" * 5000,
)  # fmt: skip
QUANTITIES = (
    str(10**30), "9" * 400, "-5", "0", "0.0000001", "1,00,000", "1/0", "½", "²", "१०", "٣", "1.5.2", "1e9", "∞",
    "٫٥", "0000", "dhai", "10-12", "2x3x4", "#5", "5%", "₹5",
)  # fmt: skip
EMOJI = "👍🙏😀🔥🚛📦❌✅🇮🇳👨‍👩‍👧‍👦🫱🏽‍🫲🏿❤️\u200d"
CONTROLS = "".join(map(chr, [*range(1, 32), *range(127, 160)])) + "\u200b\u200e\u202e\u2028\u2029\ufeff\ufffd"
KINDS_OF_MEDIA = {
    "image": "image/jpeg", "audio": "audio/ogg", "video": "video/mp4", "document": "application/pdf",
    "sticker": "image/webp", "vcard": "text/vcard", "contacts": "text/x-vcard",
}  # fmt: skip
PLACES_OF_MEDIA = (*["there"] * 10, "too_large", "foreign_host", "gone", "unreachable", "")


class Fuzzer:
    """A stream of webhooks from people of the plant, its staff, strangers and people without a number."""

    def __init__(self, chance: random.Random, *, people: Sequence[str], goods: Sequence[str], shown: Shown) -> None:
        self._chance, self._goods, self._shown = chance, goods, shown
        self._people = people
        self._strangers = [f"+9198{chance.randrange(10**8):08d}" for _ in range(20)]
        self._hidden = [f"IN.{chance.randrange(36**8):x}Ab" for _ in range(8)]
        self._texts = _corpus_texts()
        self._count = 0
        self._makers: dict[Callable[[str], tuple[str, Params]], int] = {
            self._order: 240,
            self._small_talk: 140,
            self._nonsense: 260,
            self._huge: 4,
            self._media: 110,
            self._place: 30,
            self._card: 30,
            self._reaction: 30,
            self._other_type: 40,
            self._tap: 180,
            self._false_tap: 60,
            self._quote: 40,
            self._forward: 20,
        }

    def person(self) -> str:
        """Whoever writes next."""
        where = self._chance.random()
        if where < 0.06:
            return self._chance.choice(self._strangers)
        if where < 0.08:
            return self._chance.choice(self._hidden)
        return self._chance.choice(self._people)

    def message(self, person: str) -> Fuzzed:
        """What this person sends next."""
        self._count += 1
        make = self._chance.choices(list(self._makers), weights=list(self._makers.values()))[0]
        kind, more = make(person)
        params = {
            "MessageSid": f"SM{self._count:032x}",
            "AccountSid": "AC1",
            "From": f"whatsapp:{person}",
            "To": OURS,
            "ProfileName": self._chance.choice(["Ramesh", "", "👑 राजा", "<b>x</b>", "a" * 200, "\u202eevil"]),
            "Body": "",
            "MessageType": "text",
            "NumMedia": "0",
        }
        if person.startswith("+") and self._chance.random() < 0.05:
            params["ExternalUserId"] = f"IN.{person[-8:]}Xy"
        params |= more
        return Fuzzed(kind=kind, params=self._bent(params))

    def _bent(self, params: Params) -> Params:
        """Now and then a parameter is missing, new, or not what it should be; the id and the sender stay."""
        if self._chance.random() < 0.04:
            name = self._chance.choice([name for name in params if name not in ("MessageSid", "From")])
            del params[name]
        if self._chance.random() < 0.03:
            params[self._chance.choice(["Brand-New", "NumMedia", "Forwarded", "Latitude", "x\x00y"])] = (
                self._chance.choice(["", "²", "-1", "99999", "\x00", "yes", "9" * 500])
            )
        return params

    def _order(self, _: str) -> tuple[str, Params]:
        if self._chance.random() < 0.25:
            return "corpus text", {"Body": self._mutated(self._chance.choice(self._texts))}
        lines = []
        for _i in range(self._chance.choice([*[1] * 12, 2, 2, 3, 5, 12])):
            quantity = str(self._chance.choice([1, 2, 5, 8, 10, 12, 20, 200]))
            if self._chance.random() < 0.06:
                quantity = self._chance.choice(QUANTITIES)
            unit = self._chance.choice(["peti", "case", "ctn", "pcs", "", "dozen", "kg", "box", "tharmokol"])
            lines.append(f"{quantity} {unit} {self._chance.choice(self._goods)}")
        text = self._chance.choice(["\n", ", ", " aur "]).join(lines)
        return "order", {"Body": text if self._chance.random() < 0.7 else self._mutated(text)}

    def _mutated(self, text: str) -> str:
        letters = list(text)
        for _i in range(self._chance.randint(1, 1 + len(letters) // 8)):
            place = self._chance.randrange(len(letters) + 1)
            change = self._chance.randrange(4)
            if change == 0 and letters:
                del letters[min(place, len(letters) - 1)]
            elif change == 1:
                letters.insert(place, self._chance.choice(string.printable + CONTROLS + EMOJI))
            elif change == 2:
                letters[place:place] = letters[place : place + 5]
            else:
                letters.insert(place, self._chance.choice([" ", "\n", ",", "-", "x", "5"]))
        return "".join(letters)

    def _small_talk(self, _: str) -> tuple[str, Params]:
        return "small talk", {"Body": self._chance.choice(SMALL_TALK)}

    def _nonsense(self, _: str) -> tuple[str, Params]:
        chance = self._chance
        kinds: dict[str, Callable[[], str]] = {
            "random unicode": lambda: "".join(chr(_scalar(chance)) for _i in range(chance.randint(1, 200))),
            "binary junk": lambda: chance.randbytes(chance.randint(1, 400)).decode("utf-8", "replace"),
            "emoji only": lambda: "".join(chance.choices(EMOJI, k=chance.randint(1, 30))),
            "empty": lambda: "",
            "spaces": lambda: "".join(chance.choices(" \t\n\u00a0\u3000", k=chance.randint(1, 40))),
            "right to left": lambda: chance.choice(
                ["مرحبا ٢٠ صندوق", "שלום 20 peti", "\u202e20 peti \u202bmarie\u202c"]
            ),
            "zalgo": lambda: "".join(
                letter + "".join(chr(chance.randrange(0x300, 0x370)) for _i in range(12)) for letter in "20 peti marie"
            ),
            "control characters": lambda: "".join(chance.choices(CONTROLS + "20 peti", k=60)),
            "zero bytes": lambda: "20\x00 peti\x00marie\x00",
            "hostile": lambda: chance.choice(HOSTILE),
            "long number": lambda: f"{'7' * chance.randint(20, 2000)} peti {chance.choice(self._goods)}",
            "odd quantity": lambda: f"{chance.choice(QUANTITIES)} {chance.choice(self._goods)}",
            "newlines": lambda: "\n" * chance.randint(1, 500) + "5 peti\n\n\n" + chance.choice(self._goods),
            "mixed scripts": lambda: "".join(chance.choices("अआकखগঘகખਖఖഖ5٣ab ", k=50)),
        }
        kind = chance.choice(list(kinds))
        return kind, {"Body": kinds[kind]()}

    def _huge(self, _: str) -> tuple[str, Params]:
        one = self._chance.choice(["x", "5 ", "5 peti marie 120\n", "\n", "क", "99 ", "a b "])
        size = LARGEST_TEXT // len(one.encode()) if one.isascii() else LARGEST_TEXT // 10
        return "64 kB text", {"Body": (one * size)[: LARGEST_TEXT // (3 if "\n" in one else 1) - 2000]}

    def _media(self, _: str) -> tuple[str, Params]:
        chance = self._chance
        kind, count = chance.choice(list(KINDS_OF_MEDIA)), chance.choice([1, 1, 1, 1, 1, 2, 10])
        params = {"MessageType": kind, "NumMedia": str(count)}
        for number in range(count):
            place = chance.choice(PLACES_OF_MEDIA)
            params[f"MediaUrl{number}"] = f"https://media.example/{place}/{chance.randrange(10**6)}" if place else ""
            params[f"MediaContentType{number}"] = chance.choice([KINDS_OF_MEDIA[kind], "", "x/y", "image/svg+xml"])
        if chance.random() < 0.3:
            params["Body"] = self._order("")[1]["Body"]
        return f"media: {kind}", params

    def _place(self, _: str) -> tuple[str, Params]:
        latitude = self._chance.choice(["19.07", "91", "", "NaN", "अ"])
        return "location", {"MessageType": "location", "Latitude": latitude, "Longitude": "72.87", "Label": "Godown"}

    def _card(self, _: str) -> tuple[str, Params]:
        return "contacts", {"MessageType": "contacts", "Contacts": self._chance.choice(['[{"name": "R"}]', "[", ""])}

    def _reaction(self, _: str) -> tuple[str, Params]:
        return "reaction", {"MessageType": "reaction", "Body": self._chance.choice(["👍", "❤️", "", "😂"])}

    def _other_type(self, _: str) -> tuple[str, Params]:
        kind = self._chance.choice(["order", "unsupported", "ephemeral", "system", "poll", "", "💥", "a" * 3000])
        return "type never heard of", {"MessageType": kind, "Body": self._chance.choice(["", "20 peti marie 120"])}

    def _tap(self, person: str) -> tuple[str, Params]:
        """A button or row of what this person has on the screen; most often of the last bubble, else a stale one."""
        choices = [(sid, one) for sid, shown in self._shown.of(person) for one in (*shown.buttons, *shown.rows)]
        if not choices:
            return self._order(person)
        latest = [(sid, one) for sid, one in choices if sid == choices[-1][0]]
        fresh = self._chance.random() < 0.75
        sid, choice = self._chance.choice(latest if fresh else choices)
        if fresh and self._chance.random() < 0.4:
            sid, choice = latest[0]
        return ("tap" if fresh else "tap on any bubble"), _tapped(sid, choice, as_list=self._chance.random() < 0.3)

    def _false_tap(self, person: str) -> tuple[str, Params]:
        others = [(sid, one) for sid, shown in self._shown.of_others(person) for one in (*shown.buttons, *shown.rows)]
        if others and self._chance.random() < 0.5:
            return "tap of someone else", _tapped(*self._chance.choice(others), as_list=False)
        own = [choice.payload for _, shown in self._shown.of(person) for choice in shown.buttons]
        token = self._chance.choice(own or ["confirm:x"]).split(":")[1]
        payload = self._chance.choice([
            "confirm:AAAAAAAAAAAA", "confirm", "confirm:", ":", "::::", "\x00", "pick:x:99.99", "क:ख", "x" * 300,
            "drop:y:z", f"confirm:{token}:nonsense", f"pick:{token}:9.9", f"pick:{token}:s.NOWHERE",
            f"pick:{token}:f.C999", f"pick:{token}:{'9' * 50}.1", f"pick:{token}:²", f"more:{token}:-1",
            f"more:{token}:{'9' * 40}", f"add:{token}", f"pick:{token}:d.x", f"resolve:{token}", f"notmine:{token}",
            f"more:{token}:²", f"pick:{token}:1.²", f"more:{token}:f.²",
        ])  # fmt: skip
        return "invented tap", {"MessageType": "button", "ButtonPayload": payload, "ButtonText": "Yes", "Body": "Yes"}

    def _quote(self, person: str) -> tuple[str, Params]:
        shown = self._shown.of(person)
        sid = self._chance.choice(shown)[0] if shown and self._chance.random() < 0.7 else "SMunknown"
        body = self._chance.choice([*SMALL_TALK, "wahi, 2 kam karo", "wahi bhejo"])
        return "quote", {"Body": body, "OriginalRepliedMessageSid": sid, "OriginalRepliedMessageSender": OURS}

    def _forward(self, person: str) -> tuple[str, Params]:
        name = self._chance.choice(["Forwarded", "FrequentlyForwarded"])
        return "forwarded", {**self._order(person)[1], name: "true"}


def _scalar(chance: random.Random) -> int:
    """Any character but half of a pair, which no provider can send."""
    found = chance.randrange(1, 0x2FFFF)
    return found if not 0xD800 <= found <= 0xDFFF else 0x20


def _tapped(sid: str, choice: Choice, *, as_list: bool) -> Params:
    if as_list:
        named = {"ListId": choice.payload, "ListTitle": choice.title, "MessageType": "interactive"}
    else:
        named = {"ButtonPayload": choice.payload, "ButtonText": choice.title, "MessageType": "button"}
    return {**named, "Body": choice.title, "OriginalRepliedMessageSid": sid, "OriginalRepliedMessageSender": OURS}


def _corpus_texts() -> list[str]:
    files = sorted(CORPUS.glob("*/messages.jsonl"))
    return [json.loads(line)["text"] for path in files for line in path.read_text(encoding="utf-8").splitlines()]


def goods_of(plant: Path) -> list[str]:
    """What people of the plant call its goods: names, SKUs and aliases."""
    return [
        *(row["name"] for row in _rows(plant / "items.csv")),
        *(row["sku"] for row in _rows(plant / "items.csv")),
        *(row["alias"] for row in _rows(plant / "aliases.csv")),
    ]


def people_of(plant: Path, chance: random.Random) -> list[str]:
    """Sixty phones of buyers, and a dozen of staff: reps, the office, the floor, and one who left."""
    rows = _rows(plant / "people.csv")
    buyers = [row["phone"] for row in rows if "buyer" in row["roles"]]
    staff = [row["phone"] for row in rows if "buyer" not in row["roles"]]
    return chance.sample(buyers, min(60, len(buyers))) + chance.sample(staff, 12)


def _rows(path: Path) -> list[Mapping[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
