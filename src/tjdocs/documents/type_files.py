"""A document type read from its TOML file: an unknown, missing or malformed key is an error, at once."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
from types import MappingProxyType
from typing import Any, cast

from msgspec.structs import asdict

from tjdocs import inputs, mrz, specs, times
from tjdocs.documents import chip_content, field_types
from tjdocs.documents.document_type import ByLanguage, DocumentType, FieldSpec, RuleRow, RuleSpec, Use, by_language
from tjdocs.documents.fields import fields, kind_at
from tjdocs.documents.rules import PREDICATES, RELATIONS, Answer
from tjdocs.documents.type_form import SharedRows, TypeFile, ValidityRow, ZoneRow
from tjdocs.documents.validity import Minor, Validity
from tjdocs.errors import SpecError
from tjdocs.mrz import transliteration
from tjdocs.mrz.formats import formats

__all__ = ["parse"]

_REQUIREMENT = re.compile("[A-Z]{2,10}-[A-Z0-9-]{1,20}")
_ANSWERS = {"title", "not-met", "cannot-tell"}


_SHARED = "documents_shared.toml"


def parse(data: bytes, name: str, where: str) -> DocumentType:
    """Read a type's file.

    :param name: the id that it must have
    :param where: the file, for errors
    :raises SpecError: it is malformed
    """
    table = inputs.toml_table(data, where=where)
    form = specs.convert(table, TypeFile, where=where)
    if form.id != name:
        raise SpecError("the id differs from the file's name", where=where, hint=f"id {name}")
    asked, rows = form.field, tuple(table["rule"])
    if form.shared:
        data += specs.read_bytes(_SHARED)  # the type's hash is that of all its law
        shared = specs.load(_SHARED, SharedRows)
        pictures = {"portrait": shared.pictures}
        own = (field for spec in asked for field in (spec, *pictures.get(spec.id, ())))
        asked, rows = (*shared.names, *own), (*rows, *shared.rule)
    _check_fields(asked, f"{where} field")
    names = frozenset(spec.id for spec in asked)
    check = _Paths(names, frozenset(spec.id for spec in asked if spec.document))
    _check_zone(form.mrz, names, f"{where} mrz")
    if form.chip is not None:
        chip_content.check(form.chip, f"{where} chip")
    _check_border(form, where)
    if unknown := sorted(form.example.keys() - names):
        raise SpecError("unknown field in this type", where=f"{where} example", hint=", ".join(unknown))
    rules = tuple(_rule(row, check, f"{where} rule {str(row.get('id', ''))[:40]}") for row in rows)
    texts = cast(Mapping[str, Mapping[str, Mapping[str, str]]], form.text)
    _check_texts(texts, {rule.id for rule in rules}, f"{where} text")
    return DocumentType(
        id=name,
        titles=by_language(ByLanguage(form.title.en, form.title.tg, form.title.ru)),
        mrz_format=form.mrz.format,
        document_code=form.mrz.document_code,
        issuing_state=form.mrz.issuing_state,
        transliteration=form.mrz.transliteration,
        optional_data=form.mrz.optional_data,
        trial_number=form.number.trial,
        validity=_validity(form.validity, check, f"{where} validity"),
        use=Use(form.use, form.single_use),
        chip=form.chip,
        seal=form.seal,
        page=form.page,
        notes=form.note,
        fields=asked,
        rules=rules,
        example=MappingProxyType(table["example"]),
        texts=texts,
        sha256=sha256(data).hexdigest(),
        requirements=frozenset(
            {*_requirements(table, where), *(spec.requirement for spec in asked), *(rule.requirement for rule in rules)}
            - {""}
        ),
        time_zone=times.named_zone(form.time_zone, f"{where} time_zone") if form.time_zone is not None else None,
        reviewed=form.reviewed,
        categories=MappingProxyType({code: by_language(words) for code, words in form.category.items()}),
        border=form.border,
    )


class _Paths:
    """Checks that the type asks for each field that a rule or setting names."""

    def __init__(self, names: frozenset[str], documents: frozenset[str]) -> None:
        self._names = names
        self._documents = documents

    def path(self, path: object, where: str, *, dates: tuple[type[field_types.FieldType], ...] = ()) -> str:
        kind = kind_at(path, self._documents) if isinstance(path, str) else None
        if kind is None or not isinstance(path, str) or path.partition(".")[0] not in self._names:
            raise SpecError("unknown field in this type", where=where, hint=str(path)[:80])
        if dates and not isinstance(kind, dates):
            raise SpecError("not a date", where=where, hint=path)
        return path

    def document(self, name: object, where: str) -> str:
        if not isinstance(name, str) or name not in self._documents:
            raise SpecError("unknown document in this type", where=where, hint=str(name)[:80])
        return name


def _check_zone(zone: ZoneRow, names: frozenset[str], where: str) -> None:
    layout = formats().get(zone.format)
    if layout is None or zone.document_code.ljust(2, "<") not in layout.codes:
        raise SpecError(
            "unknown format or document code", where=where, hint=f"{zone.format} with code {zone.document_code}"
        )
    state = mrz.codes.state_codes().get(zone.issuing_state)
    if state is None or not state.issues:
        raise SpecError("not the code of an issuer", where=f"{where} issuing_state")
    if zone.transliteration not in transliteration.tables():
        raise SpecError("unknown transliteration", where=where, hint=zone.transliteration)
    if (name := zone.optional_data) and (name not in names or not isinstance(fields().get(name), field_types.Text)):
        raise SpecError("unknown text field in this type", where=f"{where} optional_data", hint=name)


def _check_border(form: TypeFile, where: str) -> None:
    """Refuse a row of the border that would be without effect."""
    from tjdocs.seal import vds_profiles

    border = form.border
    if unknown := sorted(set(border.formats) - formats().keys()):
        raise SpecError(f"unknown format {unknown[0]}", where=f"{where} border formats", hint=", ".join(formats()))
    if form.seal is not None and form.seal.profile not in vds_profiles.names():
        raise SpecError(
            "unknown profile of a seal", where=f"{where} seal profile", hint=", ".join(vds_profiles.names())
        )
    profile = vds_profiles.get(form.seal.profile) if form.seal is not None else None
    dates = [feature.id for feature in profile.feature if feature.type == "date"] if profile is not None else []
    if border.not_beyond and border.not_beyond not in dates:
        raise SpecError("not a date of the seal", where=f"{where} border not_beyond", hint=", ".join(dates))


def _validity(row: ValidityRow, check: _Paths, where: str) -> Validity:
    minor = row.minor
    return Validity(
        row.period,
        row.requirement,
        row.shorter,
        tuple(check.path(path, f"{where} not_beyond", dates=(field_types.Date,)) for path in row.not_beyond or ()),
        row.extendable,
        Minor(minor.age, minor.period, minor.requirement) if minor is not None else None,
    )


def _check_fields(rows: tuple[FieldSpec, ...], where: str) -> None:
    names: list[str] = []
    for spec in rows:
        here = f"{where} {spec.id}"
        if spec.document == (spec.id in fields()):
            raise SpecError("unknown field", where=here, hint='one that applications have, or one of kind "document"')
        if spec.document and not re.fullmatch("[a-z][a-z_]{1,39}", spec.id):
            raise SpecError("unusable name of a document", where=here, hint="a-z and _")
        if spec.unless and spec.unless not in names:
            raise SpecError("unknown earlier field", where=f"{here} unless", hint=spec.unless)
        names.append(spec.id)
    if len(set(names)) < len(names):
        raise SpecError("duplicate field", where=where)
    if missing := {"family_name", "given_names", "sex", "date_of_birth", "authority", "portrait"} - set(names):
        raise SpecError("missing fields", where=where, hint=", ".join(sorted(missing)))


def _rule(row: Mapping[str, Any], check: _Paths, where: str) -> RuleSpec:
    own = {name for name in row if name in RuleRow.__struct_fields__}
    rule = specs.convert({name: row[name] for name in own}, RuleRow, where=where)
    predicate = PREDICATES.get(rule.predicate)
    if predicate is None:
        raise SpecError("unknown predicate", where=where, hint=f"one of {', '.join(PREDICATES)}")
    arguments = {name: value for name, value in row.items() if name not in own}
    specs.require_keys(arguments, predicate.arguments.keys() - predicate.optional, predicate.optional, where=where)
    read = {
        name: _argument(value, predicate.arguments[name], check, f"{where} {name}") for name, value in arguments.items()
    }
    if rule.register and not predicate.register:
        raise SpecError("the register cannot answer it", where=where)
    if rule.when is not None:
        check.path(rule.when.field, f"{where} when")
    return RuleSpec(**asdict(rule), arguments=MappingProxyType(read))


def _argument(value: Any, kind: str, check: _Paths, where: str) -> Any:
    if kind == "path":
        return check.path(value, where)
    if kind == "document":
        return check.document(value, where)
    if kind == "words":
        if not isinstance(value, list) or not value or not all(isinstance(word, str) and word for word in value):
            raise SpecError("not a list of words", where=where)
        return tuple(value)
    if kind == "moment":
        if type(value) is date or value in ("day", "no-limit"):
            return value
        return check.path(value, where, dates=(field_types.Date, field_types.BirthDate))
    known: Mapping[str, Iterable[object]] = {"relation": RELATIONS, "answer": list(Answer)}
    if kind in known:
        if not isinstance(value, str) or value not in known[kind]:
            raise SpecError("unknown word", where=where, hint=", ".join(map(str, known[kind])))
        return value
    if type(value) is not {"word": str, "number": int}[kind]:
        raise SpecError(f"not a {kind}", where=where)
    return value


def _check_texts(table: Mapping[str, Mapping[str, Mapping[str, str]]], rules: set[str], where: str) -> None:
    for language, texts in table.items():
        if not texts.keys() <= rules:
            raise SpecError("texts of no rule of this type", where=f"{where} {language}")
        for rule, answers in texts.items():
            if missing := sorted(_ANSWERS - answers.keys()):
                raise SpecError(f"missing {', '.join(missing)}", where=f"{where} {language} {rule}")


def _requirements(value: object, where: str) -> Iterable[str]:
    """Yield every requirement that a table names, however deep."""
    if isinstance(value, dict):
        for key, entry in value.items():
            if key not in ("requirement", "use_requirement"):
                yield from _requirements(entry, where)
            elif not isinstance(entry, str) or not _REQUIREMENT.fullmatch(entry):
                raise SpecError("not the id of a requirement", where=where, hint="for example EXT-1")
            else:
                yield entry
    elif isinstance(value, list):
        for entry in value:
            yield from _requirements(entry, where)
    elif isinstance(value, datetime):
        raise SpecError("a moment where a day is meant", where=where)
