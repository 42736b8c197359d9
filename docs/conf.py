"""Sphinx settings of the documentation site. ``tools/docs`` stages the pages and runs the build."""

project = "tjdocs"
author = "the tjdocs authors"
extensions = ["myst_parser", "sphinx.ext.autodoc"]
root_doc = "index"
exclude_patterns = ["docs/README.md"]  # the index has its content
nitpicky = True
# types of other libraries, types that no door exports, and the parameters of generics
nitpick_ignore_regex = [("py:(class|obj|exc)", ".*")]
suppress_warnings = ["myst.header"]  # a table of made pages may begin at any level

html_theme = "furo"
html_title = "tjdocs"
html_copy_source = False
html_show_sourcelink = False
html_use_index = True
# the page loads nothing from elsewhere
html_theme_options = {"footer_icons": []}

myst_heading_anchors = 4
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
python_maximum_signature_line_length = 100
toc_object_entries = False  # the tree of names in each page doubles the time of a build
