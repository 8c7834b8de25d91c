"""The adapter: RouterOS over its API, with every failure turned into one of ours."""

from __future__ import annotations

import re
import socket
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from desk.integrations.errors import (
    Reason,
    Refused,
    Rejected,
    Unreachable,
    printable,
    without_secrets,
)
from desk.integrations.routeros import lines, looks, reading
from desk.integrations.routeros.lines import words
from desk.integrations.routeros.port import (
    OWNER_MARK,
    LineMenu,
    PppActive,
    PppSecret,
    RadiusSetup,
    RouterAddress,
    RouterInfo,
    RouterLine,
    Traffic,
    loose_address,
    secret_fields,
    stale_secret,
)
from desk.integrations.routeros.reading import Row
from desk.integrations.routeros.tls import Deadline, dial, secure, unreachable

if TYPE_CHECKING:
    from desk.integrations.routeros.wire import PlainApi


SECRET_FIELDS = (".id", "name", "profile", "disabled", "service", "remote-address", "comment")
ACTIVE_FIELDS = (".id", "name", "address", "caller-id", "uptime", "session-id")
COUNTER_FIELDS = (".id", "name", "rx-byte", "tx-byte")
NAMES_PER_QUESTION = 100
LOOK_PAUSE = 0.1
LONGEST_PAUSE = 1.0

_ID = re.compile(r"\*[0-9A-Fa-f]{1,16}")


class RouterOs:
    """One router, visited anew each time: a connection kept open would outlive the answer it is for."""

    def __init__(self, address: RouterAddress) -> None:
        self._address = address

    @property
    def host(self) -> str:
        """The address errors name."""
        return self._address.host

    @contextmanager
    def open(self, *, deadline: float | None = None) -> Iterator[RouterOsSession]:
        """Connect, check who answers, sign in; hang up at the end whatever happened."""
        limit = Deadline(self._address.deadline if deadline is None else deadline)
        try:
            connection = dial(self._address.host, self._address.port, limit)
        except OSError as error:
            raise unreachable(self.host, error) from error
        try:
            try:
                connection = secure(connection, self._address, limit)
            except OSError as error:
                raise unreachable(self.host, error) from error
            session = RouterOsSession(connection, self._address, limit)
            session.sign_in()
            yield session
        finally:
            connection.close()


class RouterOsSession:
    """One signed-in visit."""

    def __init__(self, connection: socket.socket, address: RouterAddress, deadline: Deadline) -> None:
        from desk.integrations.routeros.wire import PlainApi, Wire

        self._address, self._deadline = address, deadline
        self._secrets = [address.password]
        self._api: PlainApi = PlainApi(protocol=Wire(connection, address.host, deadline))

    def sign_in(self) -> None:
        """Log in; a router that says no here wants another name or password, not another try."""
        try:
            with self._translated():
                self._api.sign_in(self._address.username, self._address.password)
        except Rejected as error:
            if error.reason is not Reason.SAID_NO:
                raise
            raise Refused(error.device, error.detail, reason=Reason.LOGIN) from None

    def list_secrets(
        self, names: Collection[str] | None = None, *, with_passwords: bool = False
    ) -> tuple[PppSecret, ...]:
        """Secrets the router holds, all of them or those with these names."""
        rows = self._secret_rows(names, with_passwords=with_passwords)
        return tuple(reading.secret(row) for row in rows)

    def find_secret(self, name: str, *, with_password: bool = False) -> PppSecret | None:
        """The secret with exactly this name, ours first where several services share it."""
        found = self.list_secrets([name], with_passwords=with_password)
        return next((secret for secret in found if secret.ours), found[0] if found else None)

    def ensure_secret(self, wanted: PppSecret, *, adopt: bool = False) -> bool:
        """Make the router hold exactly this secret. True if it had to change anything."""
        if wanted.password:
            self._secrets.append(wanted.password)
        try:
            return self._agree(wanted, adopt=adopt)
        except Rejected as error:
            # Somebody added or removed the same line between our look and our step: look once more.
            if not _lost_race(error):
                raise
            return self._agree(wanted, adopt=adopt)

    def drop_secret(self, name: str, *, adopt: bool = False) -> bool:
        """Make the router hold no such secret. True if it had one."""
        rows = self._secret_rows([name])
        ours = [row for row in rows if adopt or _is_ours(row)]
        if rows and not ours:
            raise self._not_ours(name)
        gone = [self._remove("/ppp/secret/remove", row) for row in ours]
        return any(gone)

    def marked_secrets(self, mark: str) -> tuple[PppSecret, ...]:
        """Secrets whose comment is exactly this, whatever their names."""
        proplist = f"=.proplist={','.join(SECRET_FIELDS)}"
        rows = self._believed(self.say("/ppp/secret/print", proplist, f"?comment={mark}"))
        return tuple(reading.secret(row) for row in rows if row.get("comment") == mark)

    def drop_marked_secret(self, there: PppSecret) -> bool:
        """Remove that very line, which must be ours; True if the router still had it."""
        if not there.ours or not there.id:
            raise self._not_ours(there.name)
        return self._remove("/ppp/secret/remove", {".id": there.id})

    def each_secret(self, *, with_passwords: bool = False) -> Iterator[PppSecret]:
        """All secrets one by one, never all of them in memory."""
        fields = (*SECRET_FIELDS, "password") if with_passwords else SECRET_FIELDS
        for row in self.stream("/ppp/secret/print", f"=.proplist={','.join(fields)}"):
            yield reading.secret(self._believed([row])[0])

    def each_active(self) -> Iterator[PppActive]:
        """All connections that are up, in the same manner."""
        for row in self.stream("/ppp/active/print", f"=.proplist={','.join(ACTIVE_FIELDS)}"):
            yield reading.active(self._believed([row])[0])

    def each_line(self, menu: LineMenu) -> Iterator[RouterLine]:
        """All lines of a menu that somebody put there, in the same manner."""
        return lines.each(self, menu)

    def list_active(self, names: Collection[str] | None = None) -> tuple[PppActive, ...]:
        """Connections that are up, all of them or those of these names."""
        return tuple(reading.active(row) for row in self._rows("/ppp/active/print", ACTIVE_FIELDS, names))

    def drop_session(self, name: str, *, session_id: str = "", address: str = "") -> int:
        """End the connections of this name, or only the one that is said, and look afterwards; how many are gone.

        A subscriber's modem dials again at once, so proof is that the very sessions seen before are no longer listed.
        """
        rows = self._rows("/ppp/active/print", ACTIVE_FIELDS, [name])
        if session_id or address:
            rows = [row for row in rows if _is_session(row, session_id, address)]
        before = {_session_key(row) for row in rows}
        for row in rows:
            self._remove("/ppp/active/remove", row)
        pause = LOOK_PAUSE
        while before and before & {_session_key(row) for row in self._rows("/ppp/active/print", ACTIVE_FIELDS, [name])}:
            self._wait(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        return len(before)

    def list_lines(self, menu: LineMenu, comments: Collection[str] | None = None) -> tuple[RouterLine, ...]:
        """Lines of a menu, all of them or those with these comments."""
        return lines.found(self, menu, comments)

    def add_line(self, line: RouterLine) -> None:
        """Add a line of ours."""
        lines.add(self, line)

    def set_line(self, there: RouterLine, wanted: RouterLine) -> None:
        """Change a line of ours into what it should be."""
        lines.change(self, there, wanted)

    def drop_line(self, there: RouterLine) -> bool:
        """Remove a line of ours; True if the router still had it."""
        return lines.remove(self, there)

    def info(self) -> RouterInfo:
        """Name, version and model of the router."""
        identity = self._only(self.say("/system/identity/print"))
        resource = self._only(self.say("/system/resource/print"))
        return RouterInfo(
            identity=reading.text_in(identity, "name"),
            version=reading.text_in(resource, "version"),
            board=reading.text_in(resource, "board-name"),
            uptime=reading.duration(resource.get("uptime", "")),
        )

    def traffic(self, name: str) -> Traffic | None:
        """What flows through the connection of this name; None when there is none."""
        rows = self._rows("/ppp/active/print", (*ACTIVE_FIELDS, "service"), [name])
        if not rows:
            return None
        up = rows[0]
        interface = f"<{up.get('service') or 'pppoe'}-{up['name']}>"
        counted = next(iter(self._rows("/interface/print", COUNTER_FIELDS, [interface])), {})
        flow: Row = {}
        if counted:  # once, since without it the router would not stop answering
            flow = self._only(self.say("/interface/monitor-traffic", f"=interface={interface}", "=once="))
        return Traffic(
            interface=interface,
            address=reading.text_in(up, "address"),
            caller_id=reading.text_in(up, "caller-id"),
            uptime=reading.duration(up.get("uptime", "")),
            # The router names them from its own side: what it sends is the customer's download.
            download_bps=reading.number_in(flow, "tx-bits-per-second"),
            upload_bps=reading.number_in(flow, "rx-bits-per-second"),
            downloaded=reading.number_in(counted, "tx-byte"),
            uploaded=reading.number_in(counted, "rx-byte"),
        )

    def rights(self) -> frozenset[str] | None:
        """The policies of whoever signed in; None where the router does not tell."""
        return looks.rights(self, self._address.username)

    def clock(self) -> datetime | None:
        """The router's own time; None where it does not tell."""
        return looks.clock(self)

    def radius_setup(self) -> RadiusSetup:
        """How the router is set up for RADIUS."""
        return looks.radius_setup(self)

    def has_interface(self, name: str) -> bool:
        """Whether there is an interface of exactly this name."""
        return looks.has_interface(self, name)

    def go_on(self, seconds: float) -> None:
        """Stay: what is asked next has a deadline of its own."""
        self._deadline.renew(seconds)

    def _agree(self, wanted: PppSecret, *, adopt: bool) -> bool:
        rows = self._secret_rows([wanted.name], with_passwords=wanted.password is not None)
        row = next((row for row in rows if _is_ours(row)), rows[0] if rows else None)
        if row is None:
            self.say("/ppp/secret/add", f"=name={wanted.name}", *words(secret_fields(wanted)))
            return True
        if not adopt and not _is_ours(row):
            raise self._not_ours(wanted.name)
        there = reading.secret(row)
        stale, loose = stale_secret(there, wanted), loose_address(there, wanted)
        if stale:
            self.say("/ppp/secret/set", f"=.id={row['.id']}", *words(stale))
        if loose:
            self.say("/ppp/secret/unset", f"=.id={row['.id']}", "=value-name=remote-address")
        return bool(stale) or loose

    def _secret_rows(self, names: Collection[str] | None, *, with_passwords: bool = False) -> list[Row]:
        fields = (*SECRET_FIELDS, "password") if with_passwords else SECRET_FIELDS
        return self._rows("/ppp/secret/print", fields, names)

    def _rows(self, command: str, fields: Sequence[str], names: Collection[str] | None) -> list[Row]:
        proplist = f"=.proplist={','.join(fields)}"
        if names is None:
            return self._believed(self.say(command, proplist))
        rows: list[Row] = []
        asked = sorted(set(names))
        for start in range(0, len(asked), NAMES_PER_QUESTION):
            some = asked[start : start + NAMES_PER_QUESTION]
            query = [f"?name={name}" for name in some] + ["?#|"] * (len(some) - 1)
            rows += self._believed(self.say(command, proplist, *query))
        # Acting on a line that was not asked for would hit a stranger.
        return [row for row in rows if row["name"] in set(asked)]

    def _believed(self, rows: list[Row]) -> list[Row]:
        for row in rows:
            if not _ID.fullmatch(row.get(".id", "")) or not row.get("name"):
                raise Rejected(self._address.host, "a line without name or number", reason=Reason.NONSENSE)
        return rows

    def _only(self, rows: list[Row]) -> Row:
        if not rows:
            raise Rejected(self._address.host, "an empty answer", reason=Reason.NONSENSE)
        return rows[0]

    def _remove(self, command: str, row: Row) -> bool:
        try:
            self.say(command, f"=.id={row['.id']}")
        except Rejected as error:
            if "no such item" not in error.detail:
                raise
            return False
        return True

    def _wait(self, seconds: float) -> None:
        try:
            patience = self._deadline.left() > seconds
        except TimeoutError:
            patience = False
        if not patience:
            raise Unreachable(self._address.host, "still lists the connection", reason=Reason.STILL_THERE)
        time.sleep(seconds)

    def _not_ours(self, name: str) -> Rejected:
        return Rejected(self._address.host, f"secret {name} was not made by Desk", reason=Reason.NOT_OURS)

    @property
    def host(self) -> str:
        """The address errors name."""
        return self._address.host

    def say(self, command: str, *words: str) -> list[Row]:
        """One sentence and its answer, with every failure as one of ours; for `client` and `lines` alone."""
        with self._translated():
            return list(self._api.rawCmd(command, *words))

    def stream(self, command: str, *words: str) -> Iterator[Row]:
        """The same, line by line as they come."""
        with self._translated():
            yield from self._api.stream(command, *words)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        # Causes are cut off: what the library raises may quote the sentence, and with it a password.
        from librouteros.exceptions import (
            ConnectionClosed,
            FatalError,
            LibRouterosError,
            MultiTrapError,
            TrapError,
        )

        host = self._address.host
        try:
            yield
        except OSError as error:
            raise unreachable(host, error) from None
        except ConnectionClosed:
            raise Unreachable(host, "connection broke off", reason=Reason.CLOSED) from None
        except FatalError as error:
            told = self._clean(error)
            if "not logged in" in told or "invalid user" in told:
                raise Refused(host, told) from None
            raise Unreachable(host, told, reason=Reason.CLOSED) from None
        except (TrapError, MultiTrapError) as error:
            raise self._complaint(self._clean(error)) from None
        except LibRouterosError:
            raise Rejected(host, "does not speak the RouterOS API", reason=Reason.NONSENSE) from None
        except ValueError:
            raise Rejected(host, "text that cannot be sent", reason=Reason.BAD_REQUEST) from None

    def _complaint(self, told: str) -> Refused | Rejected:
        if "not enough permissions" in told:
            return Refused(self._address.host, told, reason=Reason.PERMISSION)
        return Rejected(self._address.host, told)

    def _clean(self, error: Exception) -> str:
        return printable(without_secrets(str(error), self._secrets))


def _is_ours(row: Row) -> bool:
    return row.get("comment", "").startswith(OWNER_MARK)


def _lost_race(error: Rejected) -> bool:
    return error.reason is Reason.SAID_NO and ("already" in error.detail or "no such item" in error.detail)


def _session_key(row: Row) -> tuple[str, str]:
    return row[".id"], row.get("session-id", "")


def _is_session(row: Row, session_id: str, address: str) -> bool:
    """Whether a line is that connection: accounting tells the router's number without its 0x."""
    number = row.get("session-id", "").lower().removeprefix("0x").lstrip("0")
    told = session_id.lower().removeprefix("0x").lstrip("0")
    return bool(told and told == number) or bool(address and address == row.get("address", ""))
