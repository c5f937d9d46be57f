"""A cell as Python, line by line: IPython turns its magics into calls; here it is known what those do to names.

Most magics leave the names of the notebook alone. Of `%time` and the like the statement is what counts, of `%%time` the
body. Any other may bind any name again (`%run`, `%store -r`): after it, nothing is known of what was bound before.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from IPython.core.inputtransformer2 import TransformerManager

RUN_A_STATEMENT = frozenset({"time", "prun"})
"""`%time y = f(x)` and `%%time` run Python as if they were not there."""
HARMLESS = frozenset(
    "aimport alias_magic autoreload automagic autosave bookmark cat cd colors conda config cp debug dirs env gui "
    "history load_ext lprun ls lsmagic magic mamba man matplotlib memit mkdir mprun mv page pdb pdef pdoc pfile pinfo "
    "pinfo2 pip popd precision psearch psource pushd pwd quickref reload_ext rm rmdir set_env sx system tb tensorboard "
    "tensorflow_version time timeit unload_ext uv watermark who who_ls whos xmode".split()
)
"""Line magics that bind no name of the notebook."""
BY_NAME = frozenset({"prun", "run", "store"})
"""Other line magics that work without their `%` too, if nothing else is in the cell."""
OTHER_LANGUAGES = frozenset(
    "! HTML SVG bash cmd file html javascript js latex markdown perl pypy python python2 python3 ruby script sh svg sx "
    "system writefile".split()
)
"""Cell magics whose body is text for others, and runs elsewhere if at all."""
UNKNOWN = "get_ipython()"
_CELL_MAGIC = re.compile(r"%%(\S+)[ \t]*(.*)")


@dataclass(frozen=True)
class PythonCell:
    """The lines of a cell as Python, as many as it has or one more, and how far each has moved to the left."""

    lines: list[str]
    shifts: dict[int, int]
    """By index of the line."""
    bound: frozenset[str]
    """Names that the cell binds; what it imports is not among them."""


def python_cell(source: str, known: frozenset[str]) -> PythonCell:
    """Turn a cell into Python; `known` are the names bound by the cells before."""
    lines = source.split("\n")
    first = next((index for index, line in enumerate(lines) if line.strip()), 0)
    header = _CELL_MAGIC.match(lines[first])
    if header is None:
        return _statements(_with_percent(lines, first, known), known)
    name, arguments = header.groups()
    body = [""] * (first + 1) + lines[first + 1 :]
    if name in OTHER_LANGUAGES:
        forgotten = known if re.search(r"--(?:out|err|proc)\b", arguments) else frozenset()
        return PythonCell([""] * first + [_forget(forgotten)] + [""] * (len(lines) - first - 1), {}, frozenset())
    cell = _statements(body, known)
    if name == "capture":
        output = next((word for word in arguments.split() if word.isidentifier()), None)
        bound = cell.bound | {output} if output else cell.bound
        return PythonCell([*cell.lines, _forget([output] if output else [])], cell.shifts, bound)
    if name in RUN_A_STATEMENT:
        return cell
    if name == "timeit":  # binds names in a function of its own
        return PythonCell([*cell.lines, _forget(cell.bound)], cell.shifts, cell.bound)
    if _parsed(cell.lines) is None:  # not Python: a language that is not known here
        return PythonCell([_forget(known)] + [""] * (len(lines) - 1), {}, frozenset())
    cell.lines[first] = _forget(known)
    return PythonCell([*cell.lines, _forget(known | cell.bound)], cell.shifts, cell.bound)


def _with_percent(lines: list[str], first: int, known: frozenset[str]) -> list[str]:
    """The lines of a cell; of one with a single line that is a magic without its `%`, that with it."""
    name, _, arguments = lines[first].strip().partition(" ")
    alone = not any(line.strip() for line in lines[first + 1 :])
    if not alone or name not in HARMLESS | BY_NAME or name in known or arguments.startswith(("=", "(", ",")):
        return lines
    return [*lines[:first], f"%{lines[first].strip()}", *lines[first + 1 :]]


def _statements(lines: list[str], known: frozenset[str]) -> PythonCell:
    """A cell, or the body of one, that is Python but for its line magics."""
    tree = _parsed(lines)
    if tree is not None:
        return PythonCell(lines, {}, frozenset(_bound(tree)))
    told, shifts = _by_ipython(lines)
    tree = _parsed(told)
    if tree is None:
        return PythonCell(told, shifts, frozenset())
    for call, name, argument in _line_magics(tree):
        index, column = call.lineno - 1, call.col_offset
        if name in RUN_A_STATEMENT and not argument.startswith("-") and _parsed([argument]) is not None:
            told[index] = told[index][:column] + argument
            shifts[index] = max(lines[index].find(argument) - column, 0)
        elif name not in HARMLESS:
            before = known.union(_bound(tree, call.lineno))
            told[index] += f"; {_forget(before)}"
    return PythonCell(told, shifts, frozenset(_bound(_parsed(told) or tree)))


def _by_ipython(lines: list[str]) -> tuple[list[str], dict[int, int]]:
    """What IPython makes of a cell, with empty lines where it joins some, and how far each line moved to the left."""
    leading = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
    manager = TransformerManager()
    told = [f"{line}\n" for line in lines[leading:]]
    for clean in manager.cleanup_transforms:
        told = _as_many(told, clean(list(told)))
    shifts = {
        leading + index: len(old) + 1 - len(new)
        for index, (old, new) in enumerate(zip(lines[leading:], told, strict=True))
        if new != f"{old}\n" and f"{old}\n".endswith(new)
    }
    changed = True
    while changed:
        before = told
        changed, after = manager.do_one_token_transform(list(before))
        told = _as_many(before, after)
        changed = changed and told != before
    return lines[:leading] + [line.rstrip("\n") for line in told], shifts


def _as_many(before: Sequence[str], after: list[str]) -> list[str]:
    """The lines after a change that made one line of several, and empty ones behind it, so that no other moves."""
    missing = len(before) - len(after)
    place = next((index for index, (old, new) in enumerate(zip(before, after, strict=False)) if old != new), len(after))
    return after[: place + 1] + ["\n"] * missing + after[place + 1 :]


def _parsed(lines: Sequence[str]) -> ast.Module | None:
    try:
        return ast.parse("\n".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _line_magics(tree: ast.Module) -> Iterator[tuple[ast.Expr, str, str]]:
    """The statements outside of functions that are nothing but a line magic: its name and what stands behind it."""
    for node in _outside_of_functions(tree):
        if not isinstance(node, ast.Expr) or not isinstance(node.value, ast.Call):
            continue
        call = node.value
        if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == UNKNOWN:
            given = [one.value for one in call.args if isinstance(one, ast.Constant) and isinstance(one.value, str)]
            if call.func.attr == "run_line_magic" and len(given) == 2:
                yield node, given[0], given[1]


def _outside_of_functions(tree: ast.Module) -> Iterator[ast.AST]:
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            pending.extend(ast.iter_child_nodes(node))


def _bound(tree: ast.Module, before_line: int | None = None) -> Iterator[str]:
    """The names that a cell binds outside of functions, but for what it imports."""
    for node in _outside_of_functions(tree):
        if isinstance(node, (ast.Name, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            if before_line is not None and node.lineno >= before_line:
                continue
            if not isinstance(node, ast.Name):
                yield node.name
            elif isinstance(node.ctx, ast.Store):
                yield node.id


def _forget(names: Iterable[str]) -> str:
    """Statements after which nothing is known of these names, nor of what they held: unseen code got hold of it.

    Where the cells are run, by `gradtape confirm`, they change nothing.
    """
    return "; ".join(f"{name} = get_ipython(lambda: {name})" for name in sorted(names)) or UNKNOWN
