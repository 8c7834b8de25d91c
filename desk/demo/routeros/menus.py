"""The router's menus as plain tables, and what its commands do to them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from desk.demo.routeros import about
from desk.demo.routeros.query import Row, matches

MISSING, BAD_VALUE, INTERRUPTED, SCRIPT, FAILURE, API, TTY, RETURN = range(8)
BOOLEAN = {"yes": "true", "no": "false"}
FLAGS = {"disabled", "dynamic", "running", "invalid", "radius", "encoding"}
Reply = tuple[str, Row]


class Trap(Exception):
    """The router's no."""

    def __init__(self, category: int, message: str) -> None:
        super().__init__(message)
        self.category, self.message = category, message


@dataclass(frozen=True)
class Menu:
    """What a menu accepts."""

    fields: tuple[str, ...]
    verbs: frozenset[str] = frozenset({"print", "add", "set", "unset", "remove", "enable", "disable"})
    needs: tuple[str, ...] = ()
    unique: tuple[str, ...] = ()
    taken: str = "failure: already have such entry"
    defaults: Row = field(default_factory=dict)
    refers: tuple[tuple[str, str], ...] = ()
    single: bool = False


PRINT, PRINT_SET = frozenset({"print"}), frozenset({"print", "set"})
ENABLED = {"disabled": "false"}

MENUS = {
    "/ppp/secret": Menu(
        fields=(
            *("name", "password", "profile", "service", "disabled", "comment"),
            *("remote-address", "local-address", "caller-id", "limit-bytes-in", "limit-bytes-out"),
        ),
        needs=("name",),
        unique=("name",),
        taken="failure: secret with the same name already exists",
        defaults={"profile": "default", "service": "any", "password": "", **ENABLED},
        refers=(("profile", "/ppp/profile"),),
    ),
    "/ppp/profile": Menu(
        fields=("name", "rate-limit", "local-address", "remote-address", "comment", "only-one"),
        needs=("name",),
        unique=("name",),
        taken="failure: profile with the same name already exists",
    ),
    "/ppp/active": Menu(fields=("name",), verbs=frozenset({"print", "remove"})),
    "/queue/simple": Menu(
        fields=("name", "target", "max-limit", "limit-at", "burst-limit", "disabled", "comment", "parent"),
        needs=("target",),
        unique=("name",),
        taken="failure: already have device with such name",
        defaults={"max-limit": "0/0", **ENABLED},
    ),
    "/ip/address": Menu(
        fields=("address", "interface", "network", "disabled", "comment"),
        needs=("address", "interface"),
        unique=("address", "interface"),
        taken="failure: already have such address",
        defaults=ENABLED,
        refers=(("interface", "/interface"),),
    ),
    "/ipv6/address": Menu(
        fields=("address", "interface", "advertise", "disabled", "comment"),
        needs=("address", "interface"),
        unique=("address", "interface"),
        taken="failure: already have such address",
        defaults={"advertise": "true", **ENABLED},
        refers=(("interface", "/interface"),),
    ),
    "/ip/firewall/address-list": Menu(
        fields=("list", "address", "timeout", "disabled", "comment"),
        needs=("list", "address"),
        unique=("list", "address"),
        defaults={"dynamic": "false", **ENABLED},
    ),
    "/ipv6/firewall/address-list": Menu(
        fields=("list", "address", "timeout", "disabled", "comment"),
        needs=("list", "address"),
        unique=("list", "address"),
        defaults={"dynamic": "false", **ENABLED},
    ),
    "/ip/arp": Menu(
        fields=("address", "interface", "mac-address", "published", "disabled", "comment"),
        needs=("address", "interface"),
        unique=("address", "interface"),
        defaults={"published": "false", "dynamic": "false", **ENABLED},
        refers=(("interface", "/interface"),),
    ),
    "/interface": Menu(
        fields=("name", "comment", "disabled", "mtu"),
        verbs=frozenset({"print", "set", "enable", "disable", "monitor-traffic"}),
    ),
    "/system/identity": Menu(fields=("name",), verbs=PRINT_SET, single=True),
    "/system/resource": Menu(fields=(), verbs=PRINT, single=True),
    "/system/clock": Menu(fields=(), verbs=PRINT, single=True),
    "/user": Menu(fields=("name", "group"), verbs=PRINT),
    "/user/group": Menu(fields=("name", "policy"), verbs=PRINT),
    "/radius": Menu(fields=("address", "service", "disabled"), verbs=PRINT),
    "/radius/incoming": Menu(fields=("accept", "port"), verbs=PRINT_SET, single=True),
}


class Tables:
    """What the router holds; tests read and change `rows` as they like."""

    def __init__(self) -> None:
        self._ids = count(1)
        self.rows: dict[str, list[Row]] = {path: [] for path in MENUS}
        self.lingering: list[tuple[Row, int]] = []
        self.linger_looks = 0
        self.on_session_removed: Callable[[Row], None] | None = None
        # Bits a second that an interface receives and sends, each time somebody looks; without it a plain ramp.
        self.flow: Callable[[str], tuple[int, int]] | None = None
        self.rows["/system/identity"] = [{"name": "BNG-1"}]
        self.rows["/system/resource"] = [
            {"version": "7.19.4 (stable)", "board-name": "CCR2116-12G-4S+", "uptime": "3w2d04:05:06", "cpu-load": "7"}
        ]
        self.rows |= about.rows("desk")
        for name in ("default", "50M", "100M"):
            self.put("/ppp/profile", name=name)
        for name in ("ether1", "ether2"):
            self.put("/interface", name=name, type="ether", running="true", disabled="false")

    def put(self, path: str, **values: str) -> Row:
        """Add a line as if it had always been there; underscores in names stand for hyphens."""
        row = {".id": f"*{next(self._ids):X}"} | {key.replace("_", "-"): value for key, value in values.items()}
        self.rows[path].append(row)
        return row

    def secret(self, name: str, **values: str) -> Row:
        """Add a /ppp/secret line with the router's defaults for what is not said."""
        return self.put("/ppp/secret", **{"name": name} | MENUS["/ppp/secret"].defaults | values)

    def session(self, name: str, **values: str) -> Row:
        """Add a connection that is up."""
        number = next(self._ids)
        usual = {
            "service": "pppoe",
            "caller_id": f"02:00:00:00:{number // 256:02X}:{number % 256:02X}",
            "address": f"100.64.{number // 250}.{number % 250 + 1}",
            "uptime": "1h2m3s",
            "session_id": f"0x81{number:06x}",
            "radius": "true",
        }
        return self.put("/ppp/active", **{"name": name} | usual | values)

    def interface(self, name: str, service: str = "pppoe", **values: str) -> Row:
        """Add the interface that stands for a connection, with counters."""
        usual = {"type": f"{service}-in", "running": "true", "disabled": "false", "rx_byte": "0", "tx_byte": "0"}
        return self.put("/interface", **{"name": f"<{service}-{name}>"} | usual | values)

    def run(self, path: str, verb: str, attributes: Row, queries: list[str]) -> list[Reply]:
        """Carry out one command; answers are reply words with their attributes, the last one `!done`."""
        menu = MENUS.get(path)
        if menu is None:
            known = any(name.startswith(f"{path}/") or name == path.rpartition("/")[0] for name in MENUS)
            raise Trap(MISSING, "no such command" if known else "no such command prefix")
        if verb not in menu.verbs:
            raise Trap(MISSING, "no such command")
        if verb == "print":
            return self._print(path, attributes, queries)
        if verb == "add":
            return [("!done", {"ret": self._add(path, menu, attributes)})]
        rows = self._addressed(path, menu, attributes)
        if verb == "remove":
            self._remove(path, rows)
        elif verb == "unset":
            for row in rows:
                row.pop(attributes.get("value-name", ""), None)
        else:
            change = {"enable": {"disabled": "no"}, "disable": {"disabled": "yes"}}.get(verb)
            self._set(path, menu, rows, attributes if change is None else change)
        return [("!done", {})]

    def _print(self, path: str, attributes: Row, queries: list[str]) -> list[Reply]:
        rows = [row for row in self._listed(path) if matches(row, queries)]
        if "count-only" in attributes:
            return [("!done", {"ret": str(len(rows))})]
        wanted = attributes.get(".proplist", "").split(",")
        keep = wanted if wanted != [""] else None
        shown = [{key: row[key] for key in (keep if keep is not None else row) if key in row} for row in rows]
        return [*(("!re", row) for row in shown), ("!done", {})]

    def _listed(self, path: str) -> list[Row]:
        rows = list(self.rows[path])
        if path == "/system/clock":
            return [about.with_time(row) for row in rows]
        if path == "/ppp/active" and self.lingering:
            rows += [row for row, _ in self.lingering]
            self.lingering = [(row, looks - 1) for row, looks in self.lingering if looks > 1]
        return rows

    def _add(self, path: str, menu: Menu, attributes: Row) -> str:
        given = self._checked(path, menu, attributes)
        for name in menu.needs:
            if not given.get(name):
                raise Trap(BAD_VALUE, f"missing value(s) of argument(s) {name}")
        row = {".id": f"*{next(self._ids):X}"} | menu.defaults | given
        self._check_free(path, menu, row)
        self.rows[path].append(row)
        return row[".id"]

    def _set(self, path: str, menu: Menu, rows: list[Row], attributes: Row) -> None:
        given = self._checked(path, menu, {k: v for k, v in attributes.items() if k not in {".id", "numbers"}})
        for row in rows:
            self._check_free(path, menu, row | given)
            row.update(given)

    def _remove(self, path: str, rows: list[Row]) -> None:
        for row in rows:
            self.rows[path].remove(row)
            if path != "/ppp/active":
                continue
            if self.linger_looks:
                self.lingering.append((row, self.linger_looks))
            if self.on_session_removed is not None:
                self.on_session_removed(row)

    def _checked(self, path: str, menu: Menu, attributes: Row) -> Row:
        given: Row = {}
        for name, value in attributes.items():
            if name not in menu.fields:
                raise Trap(MISSING, f"unknown parameter {name}")
            if name in FLAGS:
                if BOOLEAN.get(value, value) not in {"true", "false"}:
                    raise Trap(BAD_VALUE, f"invalid value for argument {name}")
                value = BOOLEAN.get(value, value)
            given[name] = value
        for name, other in menu.refers:
            if name in given and all(row["name"] != given[name] for row in self.rows[other]):
                raise Trap(BAD_VALUE, f"input does not match any value of {name}")
        return given

    def _check_free(self, path: str, menu: Menu, row: Row) -> None:
        if not menu.unique:
            return
        key = [row.get(name) for name in menu.unique]
        for other in self.rows[path]:
            if other[".id"] != row[".id"] and [other.get(name) for name in menu.unique] == key:
                raise Trap(FAILURE, menu.taken)

    def _addressed(self, path: str, menu: Menu, attributes: Row) -> list[Row]:
        if menu.single:
            return self.rows[path]
        wanted = attributes.get(".id", attributes.get("numbers", ""))
        if not wanted:
            raise Trap(BAD_VALUE, "missing value(s) of argument(s) .id")
        found: list[Row] = []
        for one in wanted.split(","):
            row = next((row for row in self.rows[path] if one in {row[".id"], row.get("name")}), None)
            if row is None:
                raise Trap(MISSING, "no such item")
            found.append(row)
        return found
