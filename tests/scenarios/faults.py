"""A fault below the product: while it lasts, whatever changes an order fails in the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text

from tests.scenarios.stage import Stage

BREAK = """
    CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'could not write to the disk'; END $$;
    CREATE TRIGGER broken BEFORE INSERT ON order_trail FOR EACH ROW
    WHEN (NEW.facts::text LIKE '%{word}%') EXECUTE FUNCTION broken();
"""
MEND = "DROP TRIGGER broken ON order_trail; DROP FUNCTION broken();"
LONGEST_TRIED = 10


@contextmanager
def broken(stage: Stage, word: str = "") -> Iterator[None]:
    """Within it every message that changes an order (one that holds this word) fails, each time it is tried."""
    with stage.session() as session:
        session.execute(text(BREAK.format(word=word)))
    yield
    with stage.session() as session:
        session.execute(text(MEND))


def until_given_up(stage: Stage, *, messages: int = 1) -> None:
    """Time passes until so many messages have failed for good."""
    for _ in range(LONGEST_TRIED):
        if len(stage.matters("failed_message")) >= messages:
            return
        stage.passes(seconds=40)
    raise AssertionError("it has not been given up")
