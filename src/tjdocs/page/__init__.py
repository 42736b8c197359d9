"""The printed page: text, portrait, machine-readable zone and bar code come in as values, pictures and a PDF go out.

Layouts are data (``specs/page/*.toml``). Nothing is decided here about a document's content.
"""

from tjdocs.page.draw_page import check, draw
from tjdocs.page.layout_files import layouts
from tjdocs.page.page_layout import Layout
from tjdocs.page.printed_page import Page

__all__ = [
    "Layout",
    "Page",
    "check",
    "draw",
    "layouts",
]
