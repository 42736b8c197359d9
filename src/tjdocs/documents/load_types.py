"""The document types: those in ``specs/documents/``, and those that further folders add."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from tjdocs import inputs, limits, specs
from tjdocs.documents import texts
from tjdocs.documents.document_type import DocumentType
from tjdocs.documents.type_files import parse
from tjdocs.errors import InputError, SpecError, UsageError

__all__ = ["DocumentTypes", "bundled", "get", "names"]


class DocumentTypes(Mapping[str, DocumentType]):
    """The document types by id; made by :meth:`load`."""

    def __init__(self, types: Mapping[str, DocumentType]) -> None:
        self._types = dict(sorted(types.items()))

    @classmethod
    def load(cls, *folders: str | Path) -> "DocumentTypes":
        """Return the bundled types and those of further folders, each a ``NAME.toml`` like ``specs/documents/``.

        :raises UsageError: a folder cannot be read, or holds no type
        :raises SpecError: a file is malformed, or names an id, a zone or a number series that another type has
        """
        types = dict(bundled())
        for folder in folders:
            for path in _files(Path(folder)):
                data = _read(path)
                kind = parse(data, path.stem, str(path))
                _check_new(kind, types, str(path))
                types[kind.id] = kind
        return cls(types)

    def __getitem__(self, id_: str) -> DocumentType:
        try:
            return self._types[id_]
        except (KeyError, TypeError):
            hint = f"one of {', '.join(self._types)}"
            raise UsageError("unknown document type", where=str(id_)[:40], hint=hint) from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)

    def __contains__(self, id_: object) -> bool:
        return isinstance(id_, str) and id_ in self._types

    def __repr__(self) -> str:
        return f"DocumentTypes({', '.join(self._types)})"

    def by_zone(self, format: str, document_code: str, issuing_state: str) -> DocumentType | None:
        """Return the type whose documents have such a zone, None where no type has it."""
        for kind in self._types.values():
            if (kind.mrz_format, kind.document_code, kind.issuing_state) == (format, document_code, issuing_state):
                return kind
        return None


@cache
def bundled() -> DocumentTypes:
    """Return the bundled types.

    :raises SpecError: a file is malformed
    """
    types: dict[str, DocumentType] = {}
    for path in sorted((specs.folder("specs") / "documents").glob("*.toml")):
        where = f"specs/documents/{path.name}"
        kind = parse(specs.read_bytes(f"documents/{path.name}"), path.stem, where)
        _check_new(kind, types, where)
        types[kind.id] = kind
    return DocumentTypes(types)


def names() -> tuple[str, ...]:
    """Return the ids of the bundled types."""
    return tuple(bundled())


def get(id_: str) -> DocumentType:
    """Return the bundled type ``id_``.

    :raises UsageError: there is none
    """
    return bundled()[id_]


def _files(folder: Path) -> list[Path]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except (OSError, ValueError):
        raise UsageError("not a folder of document types", where=str(folder), hint="a readable folder") from None
    if not paths:
        raise UsageError("missing document types", where=str(folder), hint="files NAME.toml, as in specs/documents")
    return paths


def _read(path: Path) -> bytes:
    try:
        return inputs.read_file(path, limits.DOCUMENT_TYPE, regular=True)
    except InputError as error:
        kind = SpecError if error.message == "over the limit" else UsageError
        raise kind(error.message, where=error.where, hint=error.hint) from None


def _check_new(kind: DocumentType, others: Mapping[str, DocumentType], where: str) -> None:
    """Refuse a type that could be mistaken for another, or that lacks a text.

    :raises SpecError: it could be, or lacks one
    """
    for rule in kind.rules:
        texts.sentence(kind, rule.id, "title")
    for spec in kind.fields:
        texts.bring(spec)
    for other in others.values():
        if kind.id == other.id:
            raise SpecError("a document type of that id is there already", where=where, hint=kind.id)
        if _zone(kind) == _zone(other):
            raise SpecError("another type has that zone", where=where, hint=f"{other.id} has {kind.document_code}")
        if kind.trial_pattern.collides(other.trial_pattern):
            raise SpecError("another type has numbers of that series", where=where, hint=f"{other.id} has them")


def _zone(kind: DocumentType) -> tuple[str, str, str]:
    return kind.mrz_format, kind.document_code, kind.issuing_state
