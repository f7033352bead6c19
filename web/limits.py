"""How large a request's body may be: little, unless a view says otherwise."""

from collections.abc import Callable
from typing import Any, TypeVar

LARGEST_BODY = 64 * 1024
ATTRIBUTE = "largest_body"

View = TypeVar("View", bound=Callable[..., Any])


def takes_up_to(size: int) -> Callable[[View], View]:
    """A view that takes bodies of up to `size` bytes, like an upload. Put it next to the function."""

    def mark(view: View) -> View:
        setattr(view, ATTRIBUTE, size)
        return view

    return mark


def largest_body(view: object) -> int:
    """What this view takes."""
    return int(getattr(view, ATTRIBUTE, LARGEST_BODY))
