"""Fuzzes the reader; README.md says how. Not part of the tests: atheris is no requirement of ours."""

import sys

import atheris

with atheris.instrument_imports(include=["nlp"]):
    from tests.fuzz.inputs import read_input

if __name__ == "__main__":
    atheris.Setup(sys.argv, read_input)
    atheris.Fuzz()
