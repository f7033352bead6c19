"""Slots."""
from nlp.work import Work
def fill(work: Work) -> None:
    return
