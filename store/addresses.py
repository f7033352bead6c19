"""A database's address as its different readers spell it."""

from sqlalchemy import make_url


def driver_url(url: str) -> str:
    """The URL in SQLAlchemy's words: whatever driver was named, psycopg 3 is used."""
    return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def plain_url(url: str) -> str:
    """The URL as PostgreSQL's own tools and psycopg read it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
