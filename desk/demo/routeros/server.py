"""The stand-in's server: sign-in, tags, streams, and the faults a test switches on."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Self

from desk.demo.routeros.certificates import Certificate, a_certificate, anonymous_context, certified_context
from desk.demo.routeros.codec import BadLength, encode_sentence, read_sentence
from desk.demo.routeros.menus import BAD_VALUE, INTERRUPTED, MISSING, Tables, Trap
from desk.demo.routeros.query import Row

STARTING = 10
BAD_LOGIN = "invalid user name or password (6)"


class TlsKind(Enum):
    """How the stand-in's socket is protected."""

    NONE = "none"
    CERTIFICATE = "certificate"
    ANONYMOUS = "anonymous"


@dataclass
class Faults:
    """What goes wrong; may be changed while the stand-in runs."""

    mute_after_accept: bool = False
    mute_after_login: bool = False
    close_on_accept: bool = False
    drop_mid_sentence: bool = False
    drip: float = 0.0
    latency: float = 0.0
    empty_word: bool = False
    legacy_login: bool = False
    hide_passwords: bool = False
    traps: dict[str, tuple[int, str]] = field(default_factory=dict)
    raw: dict[str, bytes] = field(default_factory=dict)
    before: dict[str, Callable[[], object]] = field(default_factory=dict)


class RouterOsStandIn:
    """A router on loopback, running in a thread of its own; use it in a `with`."""

    def __init__(
        self,
        *,
        users: dict[str, str] | None = None,
        tls: TlsKind = TlsKind.NONE,
        certificate: Certificate | None = None,
    ) -> None:
        self.users = users or {"desk": "s3nha-do-roteador"}
        self.tls = tls
        self.certificate = certificate or (a_certificate() if tls is TlsKind.CERTIFICATE else None)
        self.faults = Faults()
        self.tables = Tables()
        self.received: list[list[str]] = []
        self.connections = 0
        self.port = 0
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None

    def start(self) -> Self:
        """Listen on a free port of loopback, the same one again after a stop."""
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), name="routeros-stand-in")
        self._thread.start()
        if not ready.wait(STARTING):
            raise RuntimeError("the RouterOS stand-in did not start")
        return self

    def stop(self) -> None:
        """Hang up on everybody and stop listening."""
        if self._loop is None or self._stopping is None or self._thread is None:
            return
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join()
        self._loop = self._stopping = self._thread = None

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def commands(self) -> Counter[str]:
        """How often each command came, sign-ins apart."""
        return Counter(words[0] for words in self.received if words[0] != "/login")

    def writes(self) -> list[list[str]]:
        """Sentences that would change something."""
        return [words for words in self.received if not words[0].endswith(("/print", "/login", "/monitor-traffic"))]

    def forget(self) -> None:
        """Start counting anew."""
        self.received.clear()

    def _run(self, ready: threading.Event) -> None:
        # Windows' usual loop cannot watch a listening socket.
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(self._serve(ready))

    async def _serve(self, ready: threading.Event) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        context = None
        if self.tls is TlsKind.ANONYMOUS:
            context = anonymous_context()
        elif self.certificate is not None:
            context = certified_context(self.certificate)
        loop = asyncio.get_running_loop()
        tasks: list[asyncio.Task[None]] = []
        accepted: list[socket.socket] = []

        def accept() -> None:
            with suppress(BlockingIOError):
                connection, _ = listener.accept()
                connection.setblocking(False)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self.connections += 1
                accepted.append(connection)
                tasks.append(loop.create_task(self._talk(connection, context)))

        with socket.create_server(("127.0.0.1", self.port), backlog=64) as listener:
            listener.setblocking(False)
            self.port = listener.getsockname()[1]
            loop.add_reader(listener, accept)
            ready.set()
            await self._stopping.wait()
            loop.remove_reader(listener)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _ in range(5):  # transports that were told to close do so in the next turns of the loop
            await asyncio.sleep(0)
        for connection in accepted:  # those whose task never got to run
            connection.close()

    async def _talk(self, connection: socket.socket, context: ssl.SSLContext | None) -> None:
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader()
        with connection, suppress(OSError, asyncio.IncompleteReadError, BadLength):
            transport, protocol = await loop.connect_accepted_socket(
                lambda: asyncio.StreamReaderProtocol(reader), connection, ssl=context
            )
            writer = asyncio.StreamWriter(transport, protocol, reader, loop)
            try:
                await Conversation(self, reader, writer).run()
            finally:
                writer.transport.abort()
                await asyncio.sleep(0)


class Conversation:
    """One client of the stand-in."""

    def __init__(self, router: RouterOsStandIn, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._router, self._reader, self._writer = router, reader, writer
        self._faults = router.faults
        self._challenge = b""
        self._signed_in = False
        self._sending = asyncio.Lock()
        self._running: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Talk until the client leaves."""
        if self._faults.close_on_accept:
            return
        if self._faults.mute_after_accept:
            await self._listen_only()
        try:
            while await self._answer(await read_sentence(self._reader)):
                pass
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _listen_only(self) -> None:
        while await self._reader.read(4096):
            pass

    async def _answer(self, words: list[str]) -> bool:
        self._router.received.append(words)
        command, tag = words[0], next((word[5:] for word in words[1:] if word.startswith(".tag=")), "")
        attributes = dict(word[1:].partition("=")[::2] for word in words[1:] if word.startswith("="))
        if command == "/quit":
            await self._fatal("session terminated on request")
            return False
        if command == "/login":
            await self._guarded(self._login(attributes, tag), tag)
            return True
        if not self._signed_in:
            await self._fatal("not logged in")
            return False
        if self._faults.mute_after_login:
            await self._listen_only()
            return False
        if command == "/cancel":
            await self._cancel(attributes, tag)
            return True
        queries = [word for word in words[1:] if word.startswith("?")]
        work = self._guarded(self._run(command, attributes, queries, tag), tag)
        if tag or command.endswith("/monitor-traffic"):
            task = asyncio.create_task(work)
            self._running[tag] = task
            task.add_done_callback(lambda done: self._forget(tag, done))
        else:
            await work
        return not self._writer.is_closing()

    def _forget(self, tag: str, task: asyncio.Task[None]) -> None:
        if self._running.get(tag) is task:
            del self._running[tag]

    async def _guarded(self, work: Awaitable[None], tag: str) -> None:
        try:
            await work
        except Trap as trap:
            await self._send("!trap", {"category": str(trap.category), "message": trap.message}, tag)
            await self._send("!done", {}, tag)

    async def _run(self, command: str, attributes: Row, queries: list[str], tag: str) -> None:
        if self._faults.latency:
            await asyncio.sleep(self._faults.latency)
        if hook := self._faults.before.pop(command, None):
            hook()
        if command in self._faults.raw:
            self._writer.write(self._faults.raw[command])
            await self._writer.drain()
            return
        if command in self._faults.traps:
            raise Trap(*self._faults.traps[command])
        path, _, verb = command.rpartition("/")
        if command == "/interface/monitor-traffic":
            await self._monitor(attributes, tag)
            return
        replies = self._router.tables.run(path, verb, attributes, queries)
        if verb == "print" and self._faults.empty_word and replies == [("!done", {})]:
            await self._send("!empty", {}, tag)
        for word, row in replies:
            shown = {k: v for k, v in row.items() if k != "password"} if self._faults.hide_passwords else row
            await self._send(word, shown, tag)

    async def _monitor(self, attributes: Row, tag: str) -> None:
        names = attributes.get("interface", "").split(",")
        known = {row["name"] for row in self._router.tables.rows["/interface"]}
        if not set(names) <= known:
            raise Trap(BAD_VALUE, "input does not match any value of interface")
        seconds = float(attributes.get("interval", "1").removesuffix("s").rpartition(":")[2] or 1)
        bits = 0
        while True:
            for name in names:
                bits += 1000
                flow = self._router.tables.flow
                received, sent = flow(name) if flow is not None else (bits, bits * 10)
                traffic = {"name": name, "rx-bits-per-second": str(received), "tx-bits-per-second": str(sent)}
                await self._send("!re", traffic, tag)
            if "once" in attributes:
                await self._send("!done", {}, tag)
                return
            await asyncio.sleep(seconds)

    async def _cancel(self, attributes: Row, tag: str) -> None:
        wanted = [attributes["tag"]] if "tag" in attributes else list(self._running)
        for name in wanted:
            task = self._running.pop(name, None)
            if task is None:
                await self._send("!trap", {"category": str(MISSING), "message": "unknown tag"}, tag)
                continue
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await self._send("!trap", {"category": str(INTERRUPTED), "message": "interrupted"}, name)
            await self._send("!done", {}, name)
        await self._send("!done", {}, tag)

    async def _login(self, attributes: Row, tag: str) -> None:
        password = self._router.users.get(attributes.get("name", ""))
        if "response" in attributes:
            told = password is not None and self._expected(password) == attributes["response"]
        elif "name" in attributes and not self._faults.legacy_login:
            told = password is not None and attributes.get("password") == password
        else:
            self._challenge = secrets.token_bytes(16)
            await self._send("!done", {"ret": self._challenge.hex()}, tag)
            return
        if not told:
            raise Trap(4, BAD_LOGIN)
        await self._send("!done", {}, tag)
        self._signed_in = True

    def _expected(self, password: str) -> str:
        return "00" + hashlib.md5(b"\0" + password.encode() + self._challenge, usedforsecurity=False).hexdigest()

    async def _fatal(self, message: str) -> None:
        await self._write(encode_sentence(["!fatal", message]))

    async def _send(self, word: str, row: Row, tag: str) -> None:
        words = [word, *(f"={key}={value}" for key, value in row.items())]
        await self._write(encode_sentence([*words, f".tag={tag}"] if tag else words))

    async def _write(self, data: bytes) -> None:
        async with self._sending:
            if self._faults.drop_mid_sentence and self._signed_in:
                self._writer.write(data[: max(1, len(data) // 2)])
                await self._writer.drain()
                self._writer.close()
                return
            if not self._faults.drip:
                self._writer.write(data)
                await self._writer.drain()
                return
            for byte in data:
                self._writer.write(bytes([byte]))
                await self._writer.drain()
                await asyncio.sleep(self._faults.drip)
