"""What Sphinx makes the site by; ``.ci/docs`` calls it."""

import re

from docutils.nodes import SkipNode
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx_gallery.sorting import ExplicitOrder

import skmlp

project = "skmlp"
author = "The skmlp developers"
copyright = author
version = release = skmlp.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "numpydoc",
    "myst_parser",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build"]
templates_path = ["_templates"]

# --- pages ---------------------------------------------------------------------------------

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 4
html_math_renderer = "mathml"

# --- docstrings ----------------------------------------------------------------------------

default_role = "literal"  # `loss` in a docstring is code
autosummary_generate = True
autodoc_typehints = "none"  # the docstrings have the types
numpydoc_show_class_members = False  # the templates list them

# --- gallery -------------------------------------------------------------------------------

# In the order in which a reader would meet the questions.
EXAMPLES = (
    "digits",
    "training_curves",
    "early_stopping",
    "activations",
    "losses",
    "optimizers",
    "schedules",
    "class_weight",
    "quantiles",
    "n_init",
    "given_weights",
    "grid_search",
    "tabular",
    "speed",
)

sphinx_gallery_conf = {
    "examples_dirs": "../examples",
    "gallery_dirs": "gallery",
    "ignore_pattern": "^(?!plot_)",  # the others are programs to start by hand
    "within_subsection_order": ExplicitOrder([f"plot_{name}.py" for name in EXAMPLES]),
    "backreferences_dir": "generated/backreferences",
    "doc_module": "skmlp",
    "reference_url": {"skmlp": None},
    "write_computation_times": False,
    "show_memory": False,
    "show_signature": False,
    "download_all_examples": False,
}

# --- looks ---------------------------------------------------------------------------------

html_theme = "pydata_sphinx_theme"
html_title = "skmlp"
html_static_path = ["_static"]
html_css_files = ["custom.css"]
html_show_sourcelink = False
# Pages of the first level have none below them, but for the API.
html_sidebars = {"*": [], "api": ["sidebar-collapse", "sidebar-nav-bs"]}
toc_object_entries_show_parents = "hide"
html_theme_options = {
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}

# --- what Sphinx does not know by itself ---------------------------------------------------

# Links to examples lead to the files where the pages are read as files, on the site to what
# the gallery makes of them.
TO_EXAMPLES = [
    (re.compile(r"\]\((?:\.\./)+examples/(plot_\w+)\.py\)"), r"](/gallery/\1.rst)"),
    (re.compile(r"\]\((?:\.\./)+examples/?\)"), r"](/gallery/index.rst)"),
]


def link_to_gallery(app, docname, source):
    for pattern, target in TO_EXAMPLES:
        source[0] = pattern.sub(target, source[0])


# Methods that come from scikit-learn refer to its user guide, which is not part of the site.
REFERENCE = re.compile(r":(?:ref|term):`([^`<]*?)(?: <\w+>)?`")


def without_references(app, what, name, obj, options, lines):
    lines[:] = REFERENCE.sub(r"\1", "\n".join(lines)).split("\n")


# Browsers draw MathML by themselves, so that nothing is fetched for a page with formulas.


def add_formula(translator, node):
    translator.body.append(tex2mathml(node.astext()))
    raise SkipNode


def add_block_formula(translator, node):
    translator.body.append(
        f"<div class='formula'>{tex2mathml(node.astext(), as_block=True)}</div>"
    )
    raise SkipNode


def setup(app):
    app.add_html_math_renderer("mathml", (add_formula, None), (add_block_formula, None))
    app.connect("source-read", link_to_gallery)
    app.connect("autodoc-process-docstring", without_references)
