"""Sentences that a clerk can read out, of the catalogues of messages; English where a language lacks one."""

from msgspec import Struct

from tjdocs.documents.document_type import DocumentType, FieldSpec, RuleSpec
from tjdocs.errors import SpecError
from tjdocs.messages import LANGUAGES, catalogue

__all__ = ["LANGUAGES", "Sentence", "sentence", "supporting_document", "word"]


class Sentence(Struct, frozen=True):
    """A sentence.

    :param language: in which it is, ``en`` where the one asked for lacks it
    :param reviewed: whether a native reader has signed the wording
    """

    text: str
    language: str
    reviewed: bool


def sentence(kind: DocumentType, rule: str, answer: str, *, lang: str = "en") -> Sentence:
    """Return the sentence on the answer of a rule, to read out: the type's own one, else the bundled one.

    :param answer: ``title``, ``not-met`` or ``cannot-tell``
    :raises UsageError: no such language
    :raises SpecError: there is no sentence, in English either
    """
    for language in dict.fromkeys((lang, "en")):
        texts = catalogue(language)
        own = kind.texts.get(language, {}).get(rule)
        if sentences := own or texts.table("rule").get(rule):
            reviewed = language in kind.reviewed if own else texts.reviewed
            text = sentences[answer]
            for spec in kind.rules:
                text = _filled(text, spec) if spec.id == rule else text
            return Sentence(text, language, reviewed)
    raise SpecError("missing sentence", where=f"specs/text/en.toml rule.{rule}.{answer}")


def supporting_document(spec: FieldSpec, *, lang: str = "en", kind: DocumentType | None = None) -> str:
    """Return the text on the document that the applicant brings for a field: the type's own one, else the bundled one.

    :param kind: the type, for the words that its rules ask for
    :raises UsageError: no such language
    :raises SpecError: there is no text, in English either
    """
    own = spec.supporting_documents
    bundled = {language: catalogue(language).table("supporting_document") for language in (lang, "en")}
    text = own.get(lang) or own.get("en") or bundled[lang].get(spec.id) or bundled["en"].get(spec.id)
    if not text:
        raise SpecError("missing text", where=f"specs/text/en.toml supporting_document.{spec.id}")
    for rule in kind.rules if kind and spec.id == "consents" else ():
        text = _filled(text, rule) if "consent" in rule.arguments else text
    return text


def _filled(text: str, rule: RuleSpec) -> str:
    """Return a text with the arguments of a rule in the place of their names in braces."""
    for name, value in rule.arguments.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


def word(name: str, *, lang: str = "en") -> str:
    """Return one of the words around the demands of a type: table ``show`` of the catalogue.

    :raises UsageError: unknown language
    """
    text: str = catalogue(lang).table("show")[name]
    return text
