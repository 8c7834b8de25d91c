"""Words and sentences of the RouterOS API, written from its description and not from any client."""

from __future__ import annotations

import asyncio

# (lengths below, marker bits, bytes): the shorter form must be used wherever it fits.
FORMS = ((0x80, 0x00, 1), (0x4000, 0x8000, 2), (0x200000, 0xC00000, 3), (0x10000000, 0xE0000000, 4))
LONGEST = 0xFFFFFFFF


class BadLength(ValueError):
    """A length that the protocol cannot express or reserves."""


def encode_length(length: int) -> bytes:
    """Length prefix of a word."""
    for limit, marker, size in FORMS:
        if length < limit:
            return (length | marker).to_bytes(size, "big")
    if length > LONGEST:
        raise BadLength(length)
    return b"\xf0" + length.to_bytes(4, "big")


def extra_bytes(first: int) -> int:
    """How many bytes of length follow the first one."""
    if first >= 0xF8:
        raise BadLength(first)
    return sum(first >= step for step in (0x80, 0xC0, 0xE0, 0xF0))


def decode_length(prefix: bytes) -> int:
    """Length of a word from its whole prefix."""
    extra = extra_bytes(prefix[0])
    if len(prefix) != extra + 1:
        raise BadLength(prefix)
    value = int.from_bytes(prefix, "big")
    return value & 0xFFFFFFFF if extra == 4 else value & ((1 << (7 * (extra + 1))) - 1)


def encode_word(word: str | bytes) -> bytes:
    """One word with its length before it."""
    raw = word.encode() if isinstance(word, str) else word
    return encode_length(len(raw)) + raw


def encode_sentence(words: list[str]) -> bytes:
    """Words and the empty one that ends them."""
    return b"".join(map(encode_word, words)) + b"\0"


async def read_word(reader: asyncio.StreamReader) -> bytes:
    """Next word, empty at the end of a sentence."""
    first = await reader.readexactly(1)
    length = decode_length(first + await reader.readexactly(extra_bytes(first[0])))
    return await reader.readexactly(length)


async def read_sentence(reader: asyncio.StreamReader) -> list[str]:
    """Next sentence that has words; empty ones are passed over."""
    words: list[str] = []
    while True:
        word = await read_word(reader)
        if word:
            words.append(word.decode("utf-8", errors="surrogateescape"))
        elif words:
            return words
