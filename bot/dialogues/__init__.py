"""One file per kind of talk: each takes a turn, calls use cases, and says what came of it."""
