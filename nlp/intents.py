"""What the message is about."""

from __future__ import annotations

from nlp.values import Intent, Status
from nlp.work import Work


def judge(work: Work) -> None:
    work.intent = Intent.ORDER if any(line.status is not Status.UNKNOWN for line in work.lines) else Intent.OTHER
