"""WhatsApp's own words in an exported chat: about the chat, in place of media, behind an edited text."""

import re

OWN = "\u200e"
NO_LETTERS = re.compile(r"[\"“”«»„]")
IN_BRACKETS = re.compile(r"\s*\u200e?<[^<>\n]{3,80}>\s*$")
EDITED = re.compile(r"edited|एडिट|সম্পাদ|திருத்த|సవరించ|સંપાદિત|संपादित|ਸੋਧ|ಎಡಿಟ್|എഡിറ്റ", re.IGNORECASE)
ATTACHED = re.compile(r"^\u200e?[^\n<>]{1,120}\.[a-z0-9]{2,5} \([^()\n]{3,40}\)$", re.IGNORECASE)
OMITTED = re.compile(
    r"\u200e?\b(?:image|video|audio|sticker|GIF|document|contact card|voice message|photo)(?: \d+:\d+)? omitted$",
    re.IGNORECASE,
)
CALLED = re.compile(
    r"^(?:\u200e?(?:missed (?:group )?(?:voice|video) call|this message was deleted|you deleted this message"
    r"|message deleted|waiting for this message|null|live location shared|silenced (?:voice|video) call"
    r"|messages and calls are end-to-end encrypted|voice call|video call|यह मैसेज (?:मिटाया|डिलीट)"
    r"|आपने यह मैसेज (?:मिटाया|डिलीट)|मिस्ड (?:वॉइस|वीडियो) कॉल|view once (?:photo|video|voice message)))",
    re.IGNORECASE,
)
PLACE = re.compile(r"^\u200e?(?:location|स्थान|लोकेशन): https?://\S+$", re.IGNORECASE)
SAYS_WHO_DID = re.compile(
    r"\b(?:changed|created|added|removed|left|joined|pinned|turned (?:on|off)|security code|is a contact)\b"
    r"|ने (?:ग्रुप|जोड़ा|हटाया|बदल)",
    re.IGNORECASE,
)


def is_about_the_chat(sender: str) -> bool:
    """Whether what stands before the first colon is no name but a sentence: `Ravi changed the subject to "Orders`."""
    return bool(NO_LETTERS.search(sender) or (len(sender.split()) > 2 and SAYS_WHO_DID.search(sender)))


def without_own_words(text: str) -> tuple[str, bool]:
    """What a person wrote of it, and whether media was with it; nothing is left of a call or a deleted message."""
    if CALLED.match(text):
        return "", False
    kept, media = [], False
    for at, line in enumerate(text.split("\n")):
        written, had = _line(line, first=at == 0)
        media = media or had
        if written or not had:
            kept.append(written)
    return "\n".join(kept), media


def _line(line: str, *, first: bool) -> tuple[str, bool]:
    bare = line.strip()
    if ATTACHED.match(bare) or PLACE.match(bare):
        return "", True
    if OMITTED.search(bare):
        return OMITTED.sub("", bare).strip(), True
    found = IN_BRACKETS.search(line)
    if found and (EDITED.search(found.group()) or OWN in found.group() or found.group().strip() == bare):
        return line[: found.start()], not EDITED.search(found.group())
    # A mark at the very beginning: words of WhatsApp's own in a language not listed here.
    return ("", True) if first and bare.startswith(OWN) and bare.strip(OWN) else (line, False)
