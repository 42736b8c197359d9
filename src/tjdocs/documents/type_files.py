"""A document type read from its TOML file: whatever is unknown, missing or of another kind is an error, at once."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any

from tjdocs import inputs, mrz, specs, times
from tjdocs.documents import field_types
from tjdocs.documents.document_type import (
    DATA_GROUPS,
    ChipContent,
    DocumentType,
    FieldSpec,
    Note,
    PageContent,
    RuleSpec,
    SealContent,
    Use,
)
from tjdocs.documents.fields import fields, kind_at
from tjdocs.documents.rules import PREDICATES, RELATIONS, Answer
from tjdocs.documents.validity import Minor, Validity
from tjdocs.errors import SpecError
from tjdocs.mrz.formats import formats
from tjdocs.pki import algorithms
from tjdocs.times import Period

__all__ = ["parse"]

_ID = re.compile("[a-z][a-z0-9-]{1,39}")
_REQUIREMENT = re.compile("[A-Z]{2,10}-[A-Z0-9-]{1,20}")
_SERIES = re.compile(r"[A-Z0-9]{0,8}\{:0[1-9]d\}")
_LANGUAGES = ("en", "tg", "ru")
_TOP = ["schema", "id", "title", "mrz", "number", "validity", "use", "example", "field", "rule"]
_PARTS = ["chip", "seal", "page", "note", "text", "time_zone", "reviewed", "category"]
_RULE = ["id", "predicate", "requirement", "article"]
_RULE_OPTIONS = ["when", "otherwise", "override", "register"]
_ANSWERS = ("title", "not-met", "cannot-tell")
_PERIOD = ("years", "months", "days")


def parse(data: bytes, name: str, where: str) -> DocumentType:
    """Read a type's file.

    :param name: the id that it must have
    :param where: the file, for errors
    :raises SpecError: it is malformed
    """
    table = inputs.toml_table(data, where=where)
    specs.require_keys(table, _TOP, _PARTS, where=where)
    if table["id"] != name or not _ID.fullmatch(name):
        raise SpecError("no document type of that id", where=where, hint=f"schema 1, id {name}: a-z, 0-9, hyphens")
    asked = _fields(table["field"], where)
    documents = frozenset(spec.name for spec in asked if spec.document)
    names = frozenset(spec.name for spec in asked)
    check = _Paths(names, documents)
    zone = _zone(table["mrz"], names, f"{where} mrz")
    number = _table(table["number"], {"trial": str}, {"requirement": str}, f"{where} number")
    if not _SERIES.fullmatch(number["trial"]) or len(number["trial"].format(0)) > 9:
        raise SpecError("unusable number pattern", where=f"{where} number", hint="letters, then {:08d} or the like")
    rules = tuple(_rule(row, check, where) for row in _rows(table["rule"], f"{where} rule"))
    texts = _texts(table.get("text", {}), {rule.id for rule in rules}, where)
    return DocumentType(
        id=name,
        titles=_titles(table["title"], f"{where} title"),
        mrz_format=zone["format"],
        document_code=zone["document_code"],
        issuing_state=zone["issuing_state"],
        transliteration=zone["transliteration"],
        optional_data=zone.get("optional_data", ""),
        trial_number=number["trial"],
        validity=_validity(table["validity"], check, f"{where} validity"),
        use=Use(**_table(table["use"], dict.fromkeys(Use.__slots__, bool) | {"requirement": str}, {}, f"{where} use")),
        chip=_chip(table.get("chip"), f"{where} chip"),
        seal=_seal(table.get("seal"), f"{where} seal"),
        page=_page(table.get("page"), f"{where} page"),
        notes=tuple(_note(row, f"{where} note") for row in _rows(table.get("note", []), f"{where} note")),
        fields=asked,
        rules=rules,
        example=_example(table["example"], names, f"{where} example"),
        texts=texts,
        sha256=sha256(data).hexdigest(),
        requirements=frozenset(_requirements(table, where)),
        time_zone=times.named_zone(table["time_zone"], f"{where} time_zone") if "time_zone" in table else None,
        reviewed=_reviewed(table.get("reviewed", ["en"]), f"{where} reviewed"),
        categories=_categories(table.get("category", {}), f"{where} category"),
    )


class _Paths:
    """Checks that what a rule or setting names is something that the type asks for."""

    def __init__(self, names: frozenset[str], documents: frozenset[str]) -> None:
        self._names = names
        self._documents = documents

    def path(self, path: object, where: str, *, dates: tuple[type[field_types.Kind], ...] = ()) -> str:
        kind = kind_at(path, self._documents) if isinstance(path, str) else None
        if kind is None or not isinstance(path, str) or path.partition(".")[0] not in self._names:
            raise SpecError("no such field in this type", where=where, hint=str(path)[:80])
        if dates and not isinstance(kind, dates):
            raise SpecError("no date", where=where, hint=path)
        return path

    def document(self, name: object, where: str) -> str:
        if not isinstance(name, str) or name not in self._documents:
            raise SpecError("no such document in this type", where=where, hint=str(name)[:80])
        return name


def _table(value: object, required: Mapping[str, type], optional: Mapping[str, type], where: str) -> dict[str, Any]:
    """Return a table whose entries are of the types given."""
    if not isinstance(value, dict):
        raise SpecError("not a table", where=where)
    specs.require_keys(value, required, optional, where=where)
    for key, entry in value.items():
        kind = required[key] if key in required else optional[key]
        if type(entry) is not kind or (kind is str and not entry):
            raise SpecError(f"not of type {kind.__name__}", where=f"{where} {key}")
    return value


def _rows(value: object, where: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise SpecError("not a list of tables", where=where)
    return value


def _words(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not value or not all(isinstance(word, str) and word for word in value):
        raise SpecError("not a list of words", where=where)
    return tuple(value)


def _reviewed(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) and one in _LANGUAGES for one in value):
        raise SpecError("not a list of languages", where=where, hint=", ".join(_LANGUAGES))
    return tuple(value)


def _wording(value: object, where: str) -> Mapping[str, str]:
    """Return a text by language: a table with English at least, or English alone."""
    if isinstance(value, str) and value:
        return MappingProxyType({"en": value})
    return MappingProxyType(_table(value, {"en": str}, {"tg": str, "ru": str}, where))


def _categories(value: object, where: str) -> Mapping[str, Mapping[str, str]]:
    if not isinstance(value, dict):
        raise SpecError("not a table", where=where)
    return MappingProxyType({code: _wording(words, f"{where} {code}") for code, words in value.items()})


def _note(row: dict[str, Any], where: str) -> Note:
    required = {"id": str, "text": str, "printed": bool, "requirement": str}
    table = dict(_table(row, required, {"page": str, "tg": str, "ru": str}, where))
    words: dict[str, str] = {"en": table["text"]}
    words |= {language: table.pop(language) for language in _LANGUAGES if language in table}
    return Note(**table, words=MappingProxyType(words))


def _titles(value: object, where: str) -> Mapping[str, str]:
    required = {"en": str, "tg": str}
    return MappingProxyType(_table(value, required, {"ru": str}, where))


def _zone(value: object, names: frozenset[str], where: str) -> dict[str, Any]:
    required = {"format": str, "document_code": str, "issuing_state": str, "transliteration": str}
    zone = _table(value, required, {"optional_data": str, "requirement": str}, where)
    layout = formats().get(zone["format"])
    if layout is None or zone["document_code"].ljust(2, "<") not in layout.codes:
        raise SpecError("no such zone", where=where, hint=f"{zone['format']} with code {zone['document_code']}")
    state = mrz.codes.state_codes().get(zone["issuing_state"])
    if state is None or not state.issues:
        raise SpecError("no code of an issuer", where=f"{where} issuing_state")
    if zone["transliteration"] not in mrz.transliteration.tables():
        raise SpecError("no such transliteration", where=where, hint=zone["transliteration"])
    if (name := zone.get("optional_data")) and (
        name not in names or not isinstance(fields().get(name), field_types.Text)
    ):
        raise SpecError("no such text in this type", where=f"{where} optional_data", hint=name)
    return zone


def _validity(value: object, check: _Paths, where: str) -> Validity:
    required = {"requirement": str}
    options = {**dict.fromkeys(_PERIOD, int), "shorter": bool, "not_beyond": list, "extendable": bool, "minor": dict}
    table = _table(value, required, options, where)
    paths = _words(table["not_beyond"], f"{where} not_beyond") if "not_beyond" in table else ()
    minor = None
    if "minor" in table:
        row = _table(table["minor"], {"age": int, "requirement": str}, dict.fromkeys(_PERIOD, int), f"{where} minor")
        minor = Minor(row["age"], _period(row, f"{where} minor"), row["requirement"])
    return Validity(
        _period(table, where),
        table["requirement"],
        table.get("shorter", False),
        tuple(check.path(path, f"{where} not_beyond", dates=(field_types.Date,)) for path in paths),
        table.get("extendable", False),
        minor,
    )


def _period(table: Mapping[str, Any], where: str) -> Period:
    given = {unit: table[unit] for unit in _PERIOD if unit in table}
    if len(given) != 1 or not all(0 < count <= 1000 for count in given.values()):
        raise SpecError("no period", where=where, hint="years, months or days, one of them, above zero")
    return Period(**given)


def _chip(value: object, where: str) -> ChipContent | None:
    if value is None:
        return None
    kinds_ = {"required": bool, "requirement": str, "data_groups": list}
    table = _table(value, kinds_ | {"lds_version": str, "unicode_version": str, "digest": str}, {}, where)
    groups = table["data_groups"]
    if not all(type(group) is int and group in DATA_GROUPS for group in groups) or not {1, 2} <= set(groups):
        hint = f"1 and 2 at least (Doc 9303-10, 4.2), of {', '.join(map(str, DATA_GROUPS))}"
        raise SpecError("no data groups of a chip", where=where, hint=hint)
    try:
        algorithms.hash_by_id(table["digest"])
    except KeyError:
        raise SpecError("no such digest", where=where, hint=table["digest"]) from None
    return ChipContent(**{**table, "data_groups": tuple(groups)})


def _seal(value: object, where: str) -> SealContent | None:
    if value is None:
        return None
    table = _table(value, {"profile": str, "requirement": str, "features": dict}, {}, where)
    features = _table(table["features"], dict.fromkeys(table["features"], str), {}, f"{where} features")
    return SealContent(table["profile"], table["requirement"], MappingProxyType(features))


def _page(value: object, where: str) -> PageContent | None:
    if value is None:
        return None
    maps = ("nationalities", "categories", "texts")
    table = _table(value, {"layout": str, "dates": str, "fields": list}, dict.fromkeys(maps, dict), where)
    if table["dates"] not in ("month", "numeric"):
        raise SpecError("no such style of dates", where=where, hint="month or numeric")
    words = [table.get(name, {}) for name in maps]
    words = [_table(one, dict.fromkeys(one, str), {}, f"{where} {name}") for one, name in zip(words, maps, strict=True)]
    return PageContent(
        table["layout"], table["dates"], _words(table["fields"], f"{where} fields"), *map(MappingProxyType, words)
    )


def _fields(value: object, where: str) -> tuple[FieldSpec, ...]:
    found = []
    for row in _rows(value, f"{where} field"):
        row = dict(row)
        bring = _wording(row.pop("bring"), f"{where} field bring") if "bring" in row else MappingProxyType({})
        table = _table(
            row,
            {"name": str, "article": str},
            {"requirement": str, "optional": bool, "judged": bool, "kind": str, "unless": str},
            f"{where} field",
        )
        name, kind = table["name"], table.get("kind", "")
        here = f"{where} field {name}"
        if kind not in ("", "document") or (kind == "document") == (name in fields()):
            raise SpecError("no such field", where=here, hint='one that applications have, or one of kind "document"')
        if kind and not re.fullmatch("[a-z][a-z_]{1,39}", name):
            raise SpecError("unusable name of a document", where=here, hint="a-z and _")
        found.append(
            FieldSpec(
                name,
                table["article"],
                table.get("requirement", ""),
                table.get("optional", False),
                table.get("judged", False),
                bool(kind),
                bring,
                table.get("unless", ""),
            )
        )
        if found[-1].unless and found[-1].unless not in {spec.name for spec in found[:-1]}:
            raise SpecError("no such field above it", where=f"{here} unless", hint=found[-1].unless)
    if len({spec.name for spec in found}) < len(found):
        raise SpecError("a field stands twice", where=f"{where} field")
    if missing := {"family_name", "given_names", "sex", "date_of_birth", "authority", "portrait"} - {
        spec.name for spec in found
    }:
        raise SpecError("no document without them", where=f"{where} field", hint=", ".join(sorted(missing)))
    return tuple(found)


def _rule(row: dict[str, Any], check: _Paths, where: str) -> RuleSpec:
    here = f"{where} rule {row.get('id', '')}"
    own = {key: value for key, value in row.items() if key in (*_RULE, *_RULE_OPTIONS)}
    options = {"when": dict, "otherwise": str, "override": bool, "register": bool}
    _table(own, dict.fromkeys(_RULE, str), options, here)
    predicate = PREDICATES.get(row["predicate"])
    if predicate is None:
        raise SpecError("no such predicate", where=here, hint=f"one of {', '.join(PREDICATES)}")
    arguments = {key: value for key, value in row.items() if key not in own}
    required = predicate.arguments.keys() - predicate.optional
    specs.require_keys(arguments, required, predicate.optional, where=here)
    read = {key: _argument(value, predicate.arguments[key], check, f"{here} {key}") for key, value in arguments.items()}
    otherwise = row.get("otherwise", "not met")
    if otherwise not in (Answer.NOT_MET, Answer.CANNOT_TELL):
        raise SpecError("no such answer", where=here, hint="not met, or cannot tell")
    if row.get("register") and not predicate.register:
        raise SpecError("the register cannot answer it", where=here)
    when = None
    if "when" in row:
        specs.require_keys(row["when"], ["field", "values"], where=f"{here} when")
        when = check.path(row["when"]["field"], f"{here} when"), _words(row["when"]["values"], f"{here} when")
    return RuleSpec(
        row["id"],
        row["predicate"],
        row["requirement"],
        row["article"],
        MappingProxyType(read),
        when,
        otherwise,
        row.get("override", False),
        row.get("register", False),
    )


def _argument(value: Any, kind: str, check: _Paths, where: str) -> Any:
    if kind == "path":
        return check.path(value, where)
    if kind == "document":
        return check.document(value, where)
    if kind == "words":
        return _words(value, where)
    if kind == "moment":
        if type(value) is date or value in ("day", "no-limit"):
            return value
        return check.path(value, where, dates=(field_types.Date, field_types.BirthDate))
    known: Mapping[str, Iterable[object]] = {"relation": RELATIONS, "answer": list(Answer)}
    if kind in known:
        if not isinstance(value, str) or value not in known[kind]:
            raise SpecError("no such word", where=where, hint=", ".join(map(str, known[kind])))
        return value
    if type(value) is not {"word": str, "number": int}[kind]:
        raise SpecError(f"no {kind}", where=where)
    return value


def _texts(value: object, rules: set[str], where: str) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    if not isinstance(value, dict) or not value.keys() <= set(_LANGUAGES):
        raise SpecError("no texts by language", where=f"{where} text", hint=", ".join(_LANGUAGES))
    for language, table in value.items():
        if not isinstance(table, dict) or not table.keys() <= rules:
            raise SpecError("texts of no rule of this type", where=f"{where} text {language}")
        for rule, texts in table.items():
            _table(texts, dict.fromkeys(_ANSWERS, str), {}, f"{where} text {language} {rule}")
    return MappingProxyType(value)


def _example(value: object, names: frozenset[str], where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise SpecError("not a table", where=where)
    if unknown := sorted(value.keys() - names):
        raise SpecError("no such field in this type", where=where, hint=", ".join(unknown))
    return MappingProxyType(value)


def _requirements(value: object, where: str) -> Iterable[str]:
    """Yield every requirement that a table names, however deep."""
    if isinstance(value, dict):
        for key, entry in value.items():
            if key != "requirement":
                yield from _requirements(entry, where)
            elif not isinstance(entry, str) or not _REQUIREMENT.fullmatch(entry):
                raise SpecError("no id of a requirement", where=where, hint="for example EXT-1")
            else:
                yield entry
    elif isinstance(value, list):
        for entry in value:
            yield from _requirements(entry, where)
    elif isinstance(value, datetime):
        raise SpecError("a moment where a day is meant", where=where)
