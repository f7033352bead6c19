"""Every sentence said, in the person's language: gettext catalogues, numbers and dates as people here write them."""

from bot.replies.words import DEFAULT_LANGUAGE, Words, words

__all__ = ["DEFAULT_LANGUAGE", "Words", "words"]
