"""Measuring the reader on the labelled corpora: `python -m nlp.evaluation`; docs/reading.md says what is measured."""
