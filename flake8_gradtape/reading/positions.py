"""Where nodes of a libcst module start in the text it was parsed from; equal to libcst's PositionProvider, but cheaper.

PositionProvider writes down every node. Only findings need a position, so this writes down the wanted nodes alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import libcst
from libcst.metadata import MetadataWrapper, PositionProvider

if TYPE_CHECKING:
    from libcst._nodes.internal import CodegenState
else:
    try:
        from libcst._nodes.internal import CodegenState
    except ImportError:  # private: a later libcst may name it otherwise
        CodegenState = None

Positions = dict[int, tuple[int, int]]
"""`id(node)` to line (1-based) and column (0-based, in characters)."""


Span = tuple[int, int, int, int]
"""Line and column of the start, line and column behind the end; lines from 1, columns from 0 in characters."""


def find_positions(module: libcst.Module, nodes: Iterable[libcst.CSTNode]) -> Positions:
    """Find where `nodes` start.

    Raises:
        KeyError: a node is no part of `module`.
        RecursionError: `module` is nested too deeply.
    """
    wanted = list(nodes)
    if CodegenState is not None and hasattr(module, "_codegen"):
        recorder = _Recorder(module.default_indent, module.default_newline)
        recorder.prepare(wanted)
        module._codegen(recorder)
        found = recorder.found
    else:
        found = find_positions_publicly(module, wanted)
    return {id(node): found[id(node)] for node in wanted}


def find_positions_publicly(module: libcst.Module, nodes: Iterable[libcst.CSTNode]) -> Positions:
    """Find the same by libcst's public means, several times slower."""
    ranges = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    return {id(node): (ranges[node].start.line, ranges[node].start.column) for node in nodes}


def find_spans(module: libcst.Module) -> dict[libcst.CSTNode, Span]:
    """Find where every node starts and ends, without the brackets around it; tuples with theirs, as in `ast`.

    Raises:
        RecursionError: `module` is nested too deeply.
    """
    ranges = MetadataWrapper(module, unsafe_skip_copy=True).resolve(PositionProvider)
    found: dict[libcst.CSTNode, Span] = {}
    for node, place in ranges.items():
        first, last = place, place
        if isinstance(node, (libcst.Tuple, libcst.GeneratorExp)) and node.lpar and node.rpar:
            first, last = ranges[node.lpar[-1]], ranges[node.rpar[0]]
        found[node] = (first.start.line, first.start.column, last.end.line, last.end.column)
    return found


def find_lines(spans: Mapping[libcst.CSTNode, Span], nodes: Iterable[libcst.CSTNode]) -> list[range]:
    """Find the lines on which nodes are written, with the brackets around them; of a `with` only its header.

    For what a `with` enters, it is the whole header too. `spans` are those of the module that the nodes are in.
    """
    headers: dict[libcst.CSTNode, libcst.With] = {
        item.item: node for node in spans if isinstance(node, libcst.With) for item in node.items
    }
    return [_lines_of(headers.get(node, node), spans) for node in nodes]


def _lines_of(node: libcst.CSTNode, spans: Mapping[libcst.CSTNode, Span]) -> range:
    first, _, last, _ = spans[node]
    if isinstance(node, libcst.With):
        if isinstance(node.body, libcst.IndentedBlock):
            last = spans[node.body.header][0]
        elif isinstance(node.body, libcst.SimpleStatementSuite):
            last = spans[node.body.leading_whitespace][0]
    elif isinstance(node, libcst.BaseExpression) and node.lpar and node.rpar:
        first, last = spans[node.lpar[0]][0], spans[node.rpar[-1]][2]
    return range(first, last + 1)


if CodegenState is not None:

    class _Recorder(CodegenState):
        """Writes the module's text token by token, and notes where it is when a wanted node begins."""

        __slots__ = ("column", "found", "line", "wanted")

        def prepare(self, nodes: Iterable[libcst.CSTNode]) -> None:
            self.wanted = {id(node) for node in nodes}
            self.found: Positions = {}
            self.line = 1
            self.column = 0

        def add_indent_tokens(self) -> None:
            self.column += sum(map(len, self.indent_tokens))

        def add_token(self, value: str) -> None:
            newlines = value.count("\n")
            if newlines:
                self.line += newlines
                self.column = len(value) - value.rfind("\n") - 1
            else:
                self.column += len(value)

        def pop_trailing_newline(self) -> None:
            """Nothing is kept that could be taken back."""

        def before_codegen(self, node: libcst.CSTNode) -> None:
            if id(node) in self.wanted:
                self.found[id(node)] = (self.line, self.column)

        @contextmanager
        def record_syntactic_position(
            self,
            node: libcst.CSTNode,
            *,
            start_node: libcst.CSTNode | None = None,
            end_node: libcst.CSTNode | None = None,
        ) -> Iterator[None]:
            """The node proper starts here, after comments and blank lines, or where its first part does."""
            if id(node) not in self.wanted:
                yield
                return
            start = (self.line, self.column)
            if start_node is None:
                yield
            else:
                self.wanted.add(id(start_node))
                yield
                start = self.found[id(start_node)]
            self.found[id(node)] = start
