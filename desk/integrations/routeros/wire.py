"""The RouterOS protocol by librouteros, fenced: one deadline, bounded answers, text left as text, nothing logged.

Only `client` imports this module, and late, so that a desk that never visits a router never loads the library.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator

from librouteros.api import Api
from librouteros.exceptions import ConnectionClosed, FatalError, MultiTrapError, TrapError
from librouteros.login import encode_password
from librouteros.protocol import decode_length, determine_length, encode_sentence

from desk.integrations.errors import Reason, Rejected
from desk.integrations.routeros.tls import Deadline

# A provider's largest router holds some 20 000 sessions of about 150 bytes; more than this is not an answer.
MOST_BYTES = 16 * 1024 * 1024
MOST_SENTENCES = 100_000
MOST_WORDS = 64
LONGEST_WORD = 1024 * 1024
CHUNK = 64 * 1024


class Wire:
    """Sentences over one socket; stands where librouteros expects its own protocol object."""

    def __init__(self, connection: socket.socket, host: str, deadline: Deadline) -> None:
        self._connection, self._host, self._deadline = connection, host, deadline
        self._buffer = bytearray()
        self._received = self._sentences = 0

    def writeSentence(self, cmd: str, *words: str) -> None:
        """Send one sentence; the library's own version would log passwords."""
        self._received = self._sentences = 0
        rest = memoryview(encode_sentence(cmd, *words, encoding="utf-8"))
        while rest:
            self._connection.settimeout(self._deadline.left())
            rest = rest[self._connection.send(rest[:CHUNK]) :]

    def readSentence(self) -> tuple[str, tuple[str, ...]]:
        """Read one sentence that has words, as text."""
        words: list[str] = []
        while word := self._word(first=not words):
            if len(words) == MOST_WORDS:
                raise self._too_much("a line of too many fields")
            words.append(word)
        self._sentences += 1
        if self._sentences > MOST_SENTENCES:
            raise self._too_much("too many lines")
        if words[0] == "!fatal":
            self.close()
            raise FatalError(words[1] if len(words) > 1 else "closed by the router")
        return words[0], tuple(words[1:])

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _word(self, *, first: bool) -> str:
        while True:
            head = self._take(1)
            length = decode_length(head + self._take(determine_length(head)))
            if length > LONGEST_WORD:
                raise self._too_much("a field that is too long")
            if length or not first:  # RouterOS lets empty sentences pass
                return self._take(length).decode("utf-8", errors="replace")

    def _take(self, length: int) -> bytes:
        while len(self._buffer) < length:
            self._connection.settimeout(self._deadline.left())
            got = self._connection.recv(CHUNK)
            if not got:
                raise ConnectionClosed("closed by the router")
            self._received += len(got)
            if self._received > MOST_BYTES:
                raise self._too_much("too long an answer")
            self._buffer += got
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        return taken

    def _too_much(self, what: str) -> Rejected:
        return Rejected(self._host, what, reason=Reason.TOO_MUCH)


class PlainApi(Api):  # type: ignore[misc]  # the library ships no types
    """The library's command loop without its guessing: "007", "123" and "yes" stay what they are."""

    def readSentence(self) -> tuple[str, dict[str, str]]:
        """One reply word and its attributes, all of them text."""
        reply, words = self.protocol.readSentence()
        pairs = dict(word[1:].partition("=")[::2] for word in words if word.startswith("="))
        if reply == "!trap":
            return reply, {"message": pairs.get("message", "no reason given"), "category": pairs.get("category", "")}
        return reply, pairs

    def stream(self, command: str, *words: str) -> Iterator[dict[str, str]]:
        """Lines of an answer as they come; the library's own loop keeps them all until the last one."""
        self.protocol.writeSentence(command, *words)
        traps = []
        while True:
            reply, pairs = self.readSentence()
            if reply == "!trap":
                traps.append(TrapError(**pairs))
            elif reply == "!re" and pairs:
                yield pairs
            elif reply == "!done":
                break
        if traps:
            raise traps[0] if len(traps) == 1 else MultiTrapError(*traps)

    def sign_in(self, username: str, password: str) -> None:
        """Log in, with the answer to a challenge where the router is older than 6.43."""
        answer = list(self.rawCmd("/login", f"=name={username}", f"=password={password}"))
        if answer and "ret" in answer[0]:
            response = encode_password(answer[0]["ret"], password)
            list(self.rawCmd("/login", f"=name={username}", f"=response={response}"))
