"""The printed page: text, portrait and machine-readable zone come in as values, a picture goes out.

Layouts are data (``specs/page/*.toml``). Nothing is decided here about a document's content.
"""

from tjdocs.page.drawing import Page, Placed, check, draw
from tjdocs.page.layout import Box, Field, Layout, layouts, load
from tjdocs.page.typeface import font
from tjdocs.page.words import date_text, sex_text

__all__ = [
    "Box",
    "Field",
    "Layout",
    "Page",
    "Placed",
    "check",
    "date_text",
    "draw",
    "font",
    "layouts",
    "load",
    "sex_text",
]
