"""Scoring the reader on others' published examples: `python -m nlp.public_references [FOLDER]`; none are kept here."""
