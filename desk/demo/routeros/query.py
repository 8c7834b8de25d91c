"""Query words of `print`: a stack of truths, one row at a time."""

from __future__ import annotations

import re

Row = dict[str, str]
SPOKEN = {"true": "yes", "false": "no"}


def matches(row: Row, words: list[str]) -> bool:
    """Whether a row passes the query: nothing false may be left on the stack."""
    stack: list[bool] = []
    for word in words:
        body = word[1:]
        if body.startswith("#"):
            _operate(stack, body[1:])
        else:
            stack.append(_test(row, body))
    return all(stack)


def _test(row: Row, body: str) -> bool:
    if body.startswith("-"):
        return body[1:] not in row
    if body[:1] in {"<", ">"}:
        name, _, value = body[1:].partition("=")
        return name in row and _compare(row[name], value, body[0])
    name, equals, value = body.removeprefix("=").partition("=")
    if not equals:
        return name in row
    return name in row and SPOKEN.get(row[name], row[name]) == SPOKEN.get(value, value)


def _compare(left: str, right: str, operator: str) -> bool:
    if left.isdecimal() and right.isdecimal():
        return int(left) < int(right) if operator == "<" else int(left) > int(right)
    return left < right if operator == "<" else left > right


def _operate(stack: list[bool], operations: str) -> None:
    tokens = re.findall(r"[0-9]+|[!&|.]", operations)
    for position, token in enumerate(tokens):
        if token.isdecimal():
            value = stack[-1 - int(token)]
            # An index copies one value to the top, or, ending the word, keeps nothing else.
            stack[:] = [*stack, value] if position + 1 < len(tokens) else [value]
        elif token == "!":
            stack.append(not stack.pop())
        elif token == "&":
            stack.append(stack.pop() & stack.pop())
        elif token == "|":
            stack.append(stack.pop() | stack.pop())
        elif position == 0 or not tokens[position - 1].isdecimal():
            stack.append(stack[-1])
