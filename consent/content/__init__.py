"""What lyrics say: normalised, held against rule lists, each finding named and quoted."""

from consent.content.examine import NAMED_PERSON, examine
from consent.content.normalise import LyricsTooLong, NormalText, Word, normalise
from consent.content.rule_files import RuleError, rule_book
from consent.content.rules import CATEGORIES, Rule, RuleBook

__all__ = [
    "CATEGORIES",
    "NAMED_PERSON",
    "LyricsTooLong",
    "NormalText",
    "Rule",
    "RuleBook",
    "RuleError",
    "Word",
    "examine",
    "normalise",
    "rule_book",
]
