"""What a module says when it is read is said in no reader's language: there messages are lazy."""

import ast
from collections.abc import Iterator

from tests.ground.test_exceptions import files

EAGER = {"gettext", "ngettext", "pgettext", "npgettext"}


def eager_names(tree: ast.AST) -> set[str]:
    """Return what a module calls the functions that translate at once."""
    return {
        each.asname or each.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for each in node.names
        if each.name in EAGER
    }


def run_at_import(node: ast.AST) -> Iterator[ast.AST]:
    """Yield what runs when the module is read: not the bodies of functions, but their defaults and decorators."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            outside = [*child.args.defaults, *filter(None, child.args.kw_defaults)]
            outside += getattr(child, "decorator_list", [])
            for each in outside:
                yield from (each, *run_at_import(each))
        else:
            yield from (child, *run_at_import(child))


def translated_early(source: str) -> list[int]:
    tree = ast.parse(source)
    names = eager_names(tree)
    return [
        each.lineno
        for each in run_at_import(tree)
        if isinstance(each, ast.Call) and isinstance(each.func, ast.Name) and each.func.id in names
    ]


def test_what_is_found() -> None:
    source = (
        "from django.utils.translation import gettext as _, gettext_lazy\n"
        "class Form:\n    late = gettext_lazy('a')\n    early = {'b': [_('b')]}\n"
        "def page(title=_('c')):\n    return _('d')\n"
    )
    assert translated_early(source) == [4, 5]


def test_no_message_is_translated_when_its_module_is_read() -> None:
    found = {str(path): lines for path in files() if (lines := translated_early(path.read_text("utf-8")))}
    assert found == {}
