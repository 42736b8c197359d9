"""What a clerk can read out: ``specs/text/LANGUAGE.toml``, English where a language lacks a sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tjdocs import specs
from tjdocs.documents.document_type import DocumentType, FieldSpec, RuleSpec
from tjdocs.errors import SpecError, UsageError
from tjdocs.portrait.photo_rules import PHOTOGRAPH

__all__ = ["LANGUAGES", "Sentence", "bring", "sentence", "word"]

LANGUAGES = ("en", "ru", "tg")
_DOCUMENT = ("document", "years", "months", "days", "shorter", "use", "cross_out", "cross_in", "inside", "once")
_BORNE = ("chip", "chip_optional", "seal")
_LISTS = ("categories", "notes", "rules", "acts", "repealed_by", "amended_by", "amended_in", "signed", "registered")
_MARKS = ("unreviewed", "page_unreviewed")
_SHOW = ("applicant", "optional", "portrait", *PHOTOGRAPH, *_DOCUMENT, *_BORNE, *_LISTS, *_MARKS)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence.

    :param language: in which it is, ``en`` where the one asked for lacks it
    :param reviewed: whether a native reader has signed the wording
    """

    text: str
    language: str
    reviewed: bool


@dataclass(frozen=True, slots=True)
class _Texts:
    reviewed: bool
    show: Mapping[str, str]
    bring: Mapping[str, str]
    rules: Mapping[str, Mapping[str, str]]


@cache
def _load(language: str) -> _Texts:
    if language not in LANGUAGES:
        raise UsageError("no such language", where="lang", hint=f"one of {', '.join(LANGUAGES)}")
    where = f"specs/text/{language}.toml"
    table = specs.read_toml(f"text/{language}.toml")
    specs.require_keys(table, ["schema", "language", "reviewed", "show", "bring", "rule"], where=where)
    specs.require_keys(table["show"], _SHOW, where=f"{where} show")
    for rule, texts in table["rule"].items():
        specs.require_keys(texts, ["title", "not-met", "cannot-tell"], where=f"{where} rule.{rule}")
    return _Texts(table["reviewed"], table["show"], table["bring"], table["rule"])


def sentence(kind: DocumentType, rule: str, answer: str, *, lang: str = "en") -> Sentence:
    """Return what can be read out when a rule is answered: the type's own sentence, else the bundled one.

    :param answer: ``title``, ``not-met`` or ``cannot-tell``
    :raises UsageError: no such language
    :raises SpecError: there is no sentence, in English either
    """
    for language in dict.fromkeys((lang, "en")):
        texts = _load(language)
        own = kind.texts.get(language, {}).get(rule)
        if found := own or texts.rules.get(rule):
            reviewed = language in kind.reviewed if own else texts.reviewed
            text = found[answer]
            for spec in kind.rules:
                text = _filled(text, spec) if spec.id == rule else text
            return Sentence(text, language, reviewed)
    raise SpecError("no sentence", where=f"specs/text/en.toml rule.{rule}.{answer}")


def bring(spec: FieldSpec, *, lang: str = "en", kind: DocumentType | None = None) -> str:
    """Return what an applicant must bring for a field: the type's own text, else the bundled one.

    :param kind: the type, for the words that its rules ask for
    :raises UsageError: no such language
    :raises SpecError: there is no text, in English either
    """
    own, bundled = spec.bring, {language: _load(language).bring for language in (lang, "en")}
    text = own.get(lang) or own.get("en") or bundled[lang].get(spec.name) or bundled["en"].get(spec.name)
    if not text:
        raise SpecError("no text", where=f"specs/text/en.toml bring.{spec.name}")
    for rule in kind.rules if kind and spec.name == "consents" else ():
        text = _filled(text, rule) if "consent" in rule.arguments else text
    return text


def _filled(text: str, rule: RuleSpec) -> str:
    """Return a text with the arguments of a rule in the place of their names in braces."""
    for name, value in rule.arguments.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def word(name: str, *, lang: str = "en") -> str:
    """Return one of the words around what a type asks for: table ``show`` of the file.

    :raises UsageError: no such language
    """
    return _load(lang).show[name]
