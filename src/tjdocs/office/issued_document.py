"""A document as issued: its chip's files, its page, its record."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

from PIL import Image

from tjdocs.chip import CardKeys, card_keys
from tjdocs.errors import UsageError
from tjdocs.lds import ef_catalogue
from tjdocs.lds.biometrics.iso19794_face import Eyes
from tjdocs.office import output_folder
from tjdocs.page import Page, draw
from tjdocs.seal import draw_bar_code

__all__ = ["ChipFiles", "Issued", "PageInput"]

_DPI = 300  # four pixels a module, 0.3386 mm (Doc 9303-13, 2.1)
_DRAWN = ("seal_code", "seal_png", "page", "printed")


class ChipFiles(Mapping[str, bytes]):
    """The files of a chip by name (``EF.COM``, ``EF.SOD``, ``DG1``, …); empty for a document without a chip."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self._files = dict(files)

    def __getitem__(self, name: str) -> bytes:
        return self._files[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)

    def __repr__(self) -> str:
        return f"ChipFiles({', '.join(self._files)})"

    def write(self, folder: str | Path) -> None:
        """Write the files into ``folder``, which is new or empty, under their usual names.

        :raises OutputError: the folder holds something, or cannot be written
        """
        output_folder.write(Path(folder), {ef_catalogue.file_name(name): data for name, data in self.items()})


class PageInput(NamedTuple):
    """The values that a page is drawn from."""

    layout: str
    values: Mapping[str, str]
    portrait: bytes
    eyes: Eyes | None
    signature: bytes | None
    chip: bool
    specimen: bool


@dataclass(frozen=True)
class Issued:
    """A whole document as issued.

    :param mrz: the zone's lines
    :param chip: the chip's files
    :param seal: the visible digital seal, empty for a document without one
    :param record: the record of the issue, without personal data
    :param keys: the chip's private keys, None where it has none
    """

    document_type: str
    document_number: str = field(repr=False)
    date_of_issue: date
    date_of_expiry: date
    mrz: tuple[str, ...] = field(repr=False)
    chip: ChipFiles
    seal: bytes = field(repr=False)
    record: Mapping[str, Any] = field(repr=False)
    _page: PageInput | None = field(repr=False)
    keys: CardKeys | None = field(default=None, repr=False)

    @property
    def has_page(self) -> bool:
        """Whether it has a printed page."""
        return self._page is not None

    @cached_property
    def seal_code(self) -> Image.Image | None:
        """The seal's bar code, drawn when first asked for; None for a document without a seal."""
        return draw_bar_code(self.seal) if self.seal else None

    @cached_property
    def seal_png(self) -> bytes:
        """The bar code as a PNG file with its resolution; empty for a document without a seal."""
        stream = BytesIO()
        if self.seal_code is not None:
            self.seal_code.save(stream, "PNG", dpi=(_DPI, _DPI))
        return stream.getvalue()

    @cached_property
    def page(self) -> Page:
        """The printed page, drawn when first asked for.

        :raises UsageError: it was issued without one
        """
        if self._page is None:
            raise UsageError("issued without a page", where="page")
        given = self._page._asdict()
        return draw(**given, lines=self.mrz, code=self.seal_code)

    @cached_property
    def printed(self) -> dict[str, bytes]:
        """The printed files by name, made when first asked for: the page, and the seal's bar code."""
        files = {"seal.png": self.seal_png} if self.seal else {}
        if self._page is not None:
            files |= self.page.files()
        return files

    @property
    def files(self) -> dict[str, bytes]:
        """Every file of the document by its path below the output folder, the chip's private keys among them."""
        return {
            **{f"chip/{ef_catalogue.file_name(name)}": data for name, data in self.chip.items()},
            **({card_keys.FILE: self.keys.encode()} if self.keys not in (None, CardKeys()) else {}),
            "mrz.txt": "".join(f"{line}\n" for line in self.mrz).encode(),
            **self.printed,
            output_folder.RECORD: output_folder.record_json(self.record),
        }

    def drawn(self) -> "Issued":
        """Return the document with its page and seal drawn, and the digests of their files in its record."""
        if not self.printed:
            return self
        digests = {name: sha256(data).hexdigest() for name, data in self.printed.items()}
        document = replace(self, record={**self.record, "page": digests})
        vars(document).update((name, vars(self)[name]) for name in _DRAWN if name in vars(self))
        return document

    def write(self, folder: str | Path) -> list[str]:
        """Write every file into ``folder``, which is new or empty; return their paths below it.

        :raises OutputError: the folder holds something, or cannot be written; nothing is left of it then
        """
        files = self.files
        output_folder.write(Path(folder), files)
        return list(files)
