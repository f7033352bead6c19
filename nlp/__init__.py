"""Text in, reading out: order messages in many languages, read by deterministic steps that can be explained."""

from nlp.catalogue import Catalogue, build_catalogue
from nlp.explain import explain_text
from nlp.firms import SeveralFirms, firms_all_of_whose_words_occur, named_firm, several_firms
from nlp.fold import fold
from nlp.furniture import names_other_place
from nlp.languages import language_of
from nlp.raises import RaiseWanted, raise_wanted
from nlp.reader import read
from nlp.register import RegisterQuestion, register_question
from nlp.sheets import CODE, read_table

__all__ = [
    "CODE",
    "Catalogue",
    "RaiseWanted",
    "RegisterQuestion",
    "SeveralFirms",
    "build_catalogue",
    "explain_text",
    "firms_all_of_whose_words_occur",
    "fold",
    "language_of",
    "named_firm",
    "names_other_place",
    "raise_wanted",
    "read",
    "read_table",
    "register_question",
    "several_firms",
]
