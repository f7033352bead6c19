"""Somebody with a browser, for page tests: keeps cookies, sends the CSRF token of the last page along."""

import re
from dataclasses import dataclass
from typing import Any

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from people.model import Administrator, PageRole
from store.database import Database, now

PASSWORD = "correct horse battery"
CHEAP_HASH = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass(kw_only=True)
class Visitor:
    """Opens pages and sends forms."""

    client: FlaskClient
    token: str = ""

    def opens(self, path: str, **more: Any) -> TestResponse:
        """GET a page; its token is used for the next form."""
        answer = self.client.get(path, **more)
        found = TOKEN.search(answer.text) if answer.mimetype == "text/html" else None
        if found:
            self.token = found[1]
        return answer

    def sends(self, path: str, form: dict[str, Any] | None = None, **more: Any) -> TestResponse:
        """POST a form with the token of the last page."""
        return self.client.post(path, data={"csrf_token": self.token, **(form or {})}, **more)

    def signs_in(self, name: str, password: str = PASSWORD) -> TestResponse:
        """Through the form."""
        self.opens("/sign-in")
        answer = self.sends("/sign-in", {"name": name, "password": password})
        if answer.status_code == 302:
            self.opens("/account")
        return answer

    def says(self, sender: str, text: str, **more: Any) -> TestResponse:
        """Type into the console."""
        if not self.token:
            self.opens("/console/")
        return self.sends("/console/say", {"sender": sender, "text": text, **more})


def make_administrators(database: Database) -> None:
    """One of each page role, named like it. Their hash is a cheap one; signing in makes it a proper one."""
    with database.transaction() as session:
        for role in PageRole:
            session.add(
                Administrator(name=role.value, role=role.value, password_hash=CHEAP_HASH, created_at=now(session))
            )
