"""The printed page: text, portrait, machine-readable zone and bar code come in as values, pictures and a PDF go out.

Layouts are data (``specs/page/*.toml``). Nothing is decided here about a document's content.
"""

from tjdocs.fonts import font
from tjdocs.page.draw_page import check, check_text, draw
from tjdocs.page.layout_files import layouts, load
from tjdocs.page.page_layout import Box, Field, Layout
from tjdocs.page.printed_page import Page
from tjdocs.page.printed_words import date_text, has_latin_form, nationality_text, sex_text, words_reviewed
from tjdocs.page.typesetting import Placed

__all__ = [
    "Box",
    "Field",
    "Layout",
    "Page",
    "Placed",
    "check",
    "check_text",
    "date_text",
    "draw",
    "font",
    "has_latin_form",
    "layouts",
    "load",
    "nationality_text",
    "sex_text",
    "words_reviewed",
]
