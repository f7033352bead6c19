"""What everybody is told once: who writes here, what is kept, how to stop and how to begin again."""

from bot.replies.words import Words


def notice(words: Words, *, firm: str, known: bool) -> list[str]:
    """The sentences before a first reply; a stranger's greeting says itself who we are."""
    who = words("consent.who", firm=firm) if firm else words("consent.who_nameless")
    return [who, words("consent.how")] if known else [words("consent.how")]
