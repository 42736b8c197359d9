"""The document types: those in ``specs/documents/``, and those that further files add."""

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from tjdocs import inputs, limits, specs
from tjdocs.documents import texts
from tjdocs.documents.document_type import DocumentType, matches
from tjdocs.documents.type_files import parse
from tjdocs.errors import InputError, SpecError, UsageError

__all__ = ["DocumentTypes", "bundled", "get", "names"]


class DocumentTypes(Mapping[str, DocumentType]):
    """The document types by id; made by :meth:`load`.

    :param files: content of the files of types that are not bundled, by id: whoever judges elsewhere reads them again
    """

    def __init__(self, types: Mapping[str, DocumentType], files: Mapping[str, bytes] = MappingProxyType({})) -> None:
        self._types = dict(sorted(types.items()))
        self._files = MappingProxyType(dict(sorted(files.items())))

    @classmethod
    def load(cls, *paths: str | Path) -> "DocumentTypes":
        """Return the bundled types and those of further files, each ``ID.toml`` like those of ``specs/documents/``.

        :param paths: files, and folders of them
        :raises UsageError: a path cannot be read, or a folder has no type
        :raises SpecError: a file is malformed, or names an id, a zone or a number series that another type has
        """
        files = (file for path in paths for file in _files(Path(path)))
        return cls._of((file.stem, _read(file), str(file)) for file in files)

    @classmethod
    def of_files(cls, files: Mapping[str, bytes]) -> "DocumentTypes":
        """Return the bundled types and those of further files, by id with their content.

        :raises SpecError: as :meth:`load`
        """
        return cls._of((id_, data, f"{id_}.toml") for id_, data in files.items())

    @classmethod
    def _of(cls, files: Iterable[tuple[str, bytes, str]]) -> "DocumentTypes":
        types, contents = dict(bundled()), dict[str, bytes]()
        for id_, data, where in files:
            kind = parse(data, id_, where)
            _check_new(kind, types, where)
            types[id_], contents[id_] = kind, data
        return cls(types, contents)

    @property
    def files(self) -> Mapping[str, bytes]:
        """Content of the files of types that are not bundled, by id."""
        return self._files

    def check_files(self) -> None:
        """Check that all types can be read again from :attr:`files`.

        :raises UsageError: a bundled type is missing, or another one has no file
        """
        bundled_ = bundled()
        unread = [kind for id_, kind in self.items() if id_ not in self._files and kind not in bundled_.values()]
        if unread or bundled_.keys() - self.keys():
            hint = "DocumentTypes.load(FOLDER)"
            raise UsageError("document types without their files", where="types", hint=hint)

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
        if folder.is_file():
            return [folder]
        paths = sorted(path for path in folder.iterdir() if path.suffix == ".toml")
    except (OSError, ValueError):
        hint = "a readable folder, or a file ID.toml"
        raise UsageError("not a folder of document types", where=str(folder), hint=hint) from None
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
        texts.supporting_document(spec)
    for other in others.values():
        if kind.id == other.id:
            raise SpecError("a document type of that id is there already", where=where, hint=kind.id)
        for one, two in ((other, kind), (kind, other)):
            if _recognises(one, two):
                raise SpecError("another type has that zone", where=where, hint=f"{other.id} has {two.document_code}")
        if kind.trial_pattern.collides(other.trial_pattern):
            raise SpecError("another type has numbers of that series", where=where, hint=f"{other.id} has them")


def _recognises(kind: DocumentType, other: DocumentType) -> bool:
    """Whether the MRZ of another type's documents has a format, State and document code of this type."""
    return (
        other.issuing_state == kind.issuing_state
        and other.mrz_format in kind.formats
        and any(matches(pattern, other.document_code) for pattern in kind.codes)
    )
