"""Makes grants, guard functions and triggers from the declaration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sqlalchemy import Column, String, Table
from sqlalchemy.dialects.postgresql import dialect

from desk.models.base import SCHEMA, metadata
from desk.models.guard_rules import GUARDS
from desk.models.guards import ANY, NO_SUCH_STEP, Guard, Need, Step

_quoted = dialect().identifier_preparer.quote  # type: ignore[no-untyped-call]
# What people are about besides the guarded tables; secrets themselves are left out of the log.
LOGGED_BESIDES = {
    "people": ("role",),
    "person_permissions": ("role", "permission"),
    "installation": ("one",),
    "approvals": ("id",),
    "place_approvals": ("id",),
    "plan_suspensions": ("id",),
}


def text_literal(value: str) -> str:
    """A text as SQL."""
    return "'" + value.replace("'", "''") + "'"


def table_of(name: str) -> Table:
    """The mapped table."""
    return metadata.tables[f"{SCHEMA}.{name}"]


def columns_of(names: Iterable[str]) -> str:
    """Column names as a list in SQL."""
    return ", ".join(_quoted(name) for name in names)


def guard_ddl() -> Iterator[str]:
    """Every statement that the declaration stands for."""
    for guard in GUARDS:
        yield from _grants(guard)
        yield guard_function(guard)
        yield _trigger(guard.table, "zz_guard", "BEFORE INSERT OR UPDATE OR DELETE", f"desk_guard.{guard.table}()")
        yield (
            f"CREATE TRIGGER zz_truncate BEFORE TRUNCATE ON {SCHEMA}.{guard.table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION desk_guard.no_truncate()"
        )
        keys = tuple(column.name for column in table_of(guard.table).primary_key)
        yield from _log(guard.table, keys, guard.quiet)
        yield from _version(guard.table, guard.quiet)
    for table, keys in LOGGED_BESIDES.items():
        yield from _log(table, keys, ())
    yield from _version("people", ())


def delete_functions() -> Iterator[str]:
    """One function for each table from which operators may delete: a DELETE grant would allow LOCK TABLE."""
    for guard in GUARDS:
        if not guard.delete:
            continue
        keys: list[Column[object]] = list(table_of(guard.table).primary_key)
        name = f"{SCHEMA}.delete_{guard.table}"
        parameters = ", ".join(column.type.compile(dialect()) for column in keys)  # type: ignore[no-untyped-call]
        where = " AND ".join(f"{_quoted(column.name)} = ${number}" for number, column in enumerate(keys, 1))
        yield (
            f"CREATE FUNCTION {name}({parameters}) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER"
            f" SET search_path = pg_catalog, pg_temp AS $$\nBEGIN\n"
            f"  DELETE FROM {SCHEMA}.{guard.table} WHERE {where};\n  RETURN FOUND;\nEND $$"
        )
        yield f"GRANT EXECUTE ON FUNCTION {name} TO desk_operator"


def guard_function(guard: Guard) -> str:
    """The trigger function that asks for the permissions. It runs as the caller, to see the one who may pass."""
    lines = [
        f"CREATE FUNCTION desk_guard.{guard.table}() RETURNS trigger LANGUAGE plpgsql",
        "SET search_path = pg_catalog, pg_temp AS $g$",
        "BEGIN",
        "  IF current_user = 'desk_job' THEN RETURN COALESCE(NEW, OLD); END IF;",
        *_legible(guard),
        "  IF TG_OP = 'INSERT' THEN",
        *_asked(guard.insert, guard.table, "", 4, otherwise="rule:insert"),
    ]
    for column, needs in guard.insert_rules.items():
        lines += _asked(needs, guard.table, column, 4)
    if guard.steps:
        lines += _steps(guard, [step for step in guard.steps if None in step.before], 4, insert=True)
    for column in guard.empty_on_insert:
        empty = Need(
            when=f"NEW.{_quoted(column)} IS NOT NULL", rule="rule:insert", says="Um registro novo não traz isto"
        )
        lines += _asked((empty,), guard.table, column, 4)
    lines += ["    RETURN NEW;", "  END IF;", "  IF TG_OP = 'DELETE' THEN"]
    lines += _asked(guard.delete, guard.table, "", 4, otherwise="rule:delete")
    lines += ["    RETURN OLD;", "  END IF;", *_asked(guard.update, guard.table, "", 2)]
    for column, needs in guard.columns.items():
        name = _quoted(column)
        if needs:
            lines.append(f"  IF NEW.{name} IS DISTINCT FROM OLD.{name} THEN")
            lines += [*_asked(needs, guard.table, column, 4), "  END IF;"]
    if guard.steps:
        lines.append(f"  IF NEW.{guard.status} IS DISTINCT FROM OLD.{guard.status} THEN")
        moves = [step for step in guard.steps if step.before != (None,)]
        lines += [*_steps(guard, moves, 4, insert=False), "  END IF;"]
    return "\n".join([*lines, "  RETURN NEW;", "END $g$"])


def _legible(guard: Guard) -> list[str]:
    """Texts that do not read as they are: one that turns its neighbours round makes a confirmation say another name."""
    written = dict.fromkeys((*guard.on_insert, *guard.columns))
    texts = [name for name in written if isinstance(table_of(guard.table).c[name].type, String)]
    if not texts:
        return []
    joined = ", ".join(f"NEW.{_quoted(name)}" for name in texts)
    return [
        f"  IF TG_OP <> 'DELETE' AND desk.hides_something(concat_ws(' ', {joined})) THEN",
        f"    PERFORM desk.refuse('rule:hidden_characters', {text_literal(guard.table)}, '',"
        " 'O texto tem caracteres que não se veem');",
        "  END IF;",
    ]


def _asked(needs: Iterable[Need], table: str, column: str, indent: int, otherwise: str = "") -> list[str]:
    """The lines that ask for each need; with none at all and `otherwise`, a refusal."""
    pad = " " * indent
    lines = []
    for need in needs:
        where = f"{text_literal(table)}, {text_literal(column)}"
        if need.any_of:
            codes = ", ".join(text_literal(permission.code) for permission in need.any_of)
            line = f"PERFORM desk.need(ARRAY[{codes}], {where});"
        elif need.never is not None:
            line = f"PERFORM desk.must_not({text_literal(need.never.code)}, {where});"
        else:
            line = f"PERFORM desk.refuse({text_literal(need.rule)}, {where}, {text_literal(need.says)});"
        # A condition that cannot be told counts as met: unknown must not open the door.
        lines.append(f"{pad}IF ({need.when}) IS NOT FALSE THEN {line} END IF;" if need.when else pad + line)
    if not lines and otherwise:
        lines.append(f"{pad}PERFORM desk.refuse({text_literal(otherwise)}, {text_literal(table)}, '', '');")
    return lines


def _steps(guard: Guard, steps: list[Step], indent: int, *, insert: bool) -> list[str]:
    pad = " " * indent
    lines: list[str] = []
    for step in steps:
        new = f"NEW.{guard.status} = {text_literal(step.after)}"
        if not insert:
            if ANY in step.before:
                listed = ", ".join(map(text_literal, guard.final))
                new += f" AND OLD.{guard.status} NOT IN ({listed})"
            else:
                listed = ", ".join(text_literal(before) for before in step.before if before is not None)
                new += f" AND OLD.{guard.status} IN ({listed})"
        lines.append(f"{pad}{'ELSIF' if lines else 'IF'} {new} THEN")
        lines += _asked(step.need, guard.table, guard.status, indent + 2)
    others = () if insert else guard.other_steps
    return [
        *lines,
        f"{pad}ELSE",
        *_asked(others or (NO_SUCH_STEP,), guard.table, guard.status, indent + 2),
        f"{pad}END IF;",
    ]


def _grants(guard: Guard) -> Iterator[str]:
    table = f"{SCHEMA}.{guard.table}"
    if guard.on_insert:
        yield f"GRANT INSERT ({columns_of((*guard.on_insert, *guard.empty_on_insert))}) ON {table} TO desk_operator"
    updatable = (*guard.columns, *((guard.status,) if guard.status else ()))
    if updatable:
        yield f"GRANT UPDATE ({columns_of(updatable)}) ON {table} TO desk_operator"


def _log(table: str, keys: tuple[str, ...], quiet: tuple[str, ...]) -> Iterator[str]:
    """A line for every changed row; jobs write their own, set-based (security 6)."""
    # The version stays in: Work.changes_since asks for what came after the one that a person saw.
    arguments = f"{text_literal(','.join(keys))}, {text_literal(','.join(quiet))}"
    yield _trigger(
        table,
        "zz_log",
        "AFTER INSERT OR UPDATE OR DELETE",
        f"desk.log_change({arguments})",
        when="current_user <> 'desk_job'",
    )


def _version(table: str, quiet: tuple[str, ...]) -> Iterator[str]:
    columns = table_of(table).c
    if "version" not in columns:
        return
    names = [c.name for c in columns if c.computed is None and c.name != "version" and c.name not in quiet]
    old = ", ".join(f"OLD.{_quoted(name)}" for name in names)
    new = ", ".join(f"NEW.{_quoted(name)}" for name in names)
    yield _trigger(
        table, "yy_version", "BEFORE UPDATE", "desk_guard.next_version()", when=f"({old}) IS DISTINCT FROM ({new})"
    )


def _trigger(table: str, name: str, moment: str, call: str, when: str = "") -> str:
    condition = f" WHEN ({when})" if when else ""
    return f"CREATE TRIGGER {name} {moment} ON {SCHEMA}.{table} FOR EACH ROW{condition} EXECUTE FUNCTION {call}"
