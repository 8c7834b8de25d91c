"""What can be wrong with a database before anybody signs in; `desk.db.texts` has the words."""

from __future__ import annotations


class DatabaseProblem(Exception):
    """Base: a fact about the database, with its parameters."""

    code = "database"

    def __init__(self, **params: object) -> None:
        super().__init__(self.code, params)
        self.params = params


class DatabaseNewer(DatabaseProblem):
    """The database was upgraded by a newer program than this one."""

    code = "database_newer"


class DatabaseOlder(DatabaseProblem):
    """The database waits for an upgrade to what this program needs."""

    code = "database_older"


class DatabaseNotDesk(DatabaseProblem):
    """There are no tables of Desk here."""

    code = "database_not_desk"


class NotSuperuser(DatabaseProblem):
    """Roles and functions of the wall need a superuser."""

    code = "not_superuser"


class ServerTooOld(DatabaseProblem):
    """PostgreSQL 15 is the oldest that has what Desk uses."""

    code = "server_too_old"


class ExtensionUnavailable(DatabaseProblem):
    """The server's contrib files are missing, so there is no such extension."""

    code = "extension_unavailable"


class ExtensionNotPermitted(DatabaseProblem):
    """The role may not create the extension in this database."""

    code = "extension_not_permitted"


class ExtensionElsewhere(DatabaseProblem):
    """The extension lives in another schema than the one our indexes name."""

    code = "extension_elsewhere"


class MasterKeyUnreadable(DatabaseProblem):
    """The server finds no 32-byte master key at the path."""

    code = "master_key_unreadable"


class AlreadyBootstrapped(DatabaseProblem):
    """The database already belongs to an installation."""

    code = "already_bootstrapped"


class LoginInvalid(DatabaseProblem):
    """Such a name cannot be a person's role."""

    code = "login_invalid"


class LoginTaken(DatabaseProblem):
    """The server has a role of this name already."""

    code = "login_taken"


class LoginUnknown(DatabaseProblem):
    """Neither a person of this database nor a service that signs in."""

    code = "login_unknown"


class PasswordUnfit(DatabaseProblem):
    """The first administrator's password is held to the same rule as everybody's."""

    code = "password_unfit"


class BackupRole(DatabaseProblem):
    """Somebody else than the backup role asked for a copy."""

    code = "backup_role"


class BackupExists(DatabaseProblem):
    """A file of that name is there; no copy overwrites another."""

    code = "backup_exists"


class BackupUnreadable(DatabaseProblem):
    """The file is no copy of a Desk database, or holds what no copy may hold."""

    code = "backup_unreadable"


class DatabaseNotEmpty(DatabaseProblem):
    """A copy is restored into a database of its own."""

    code = "database_not_empty"


class ProgramMissing(DatabaseProblem):
    """No pg_dump or pg_restore that fits the server was found."""

    code = "program_missing"


class ProgramStopped(DatabaseProblem):
    """pg_dump or pg_restore ended with an error."""

    code = "program_stopped"


class MasterKeyAbsent(DatabaseProblem):
    """The server finds no key, and one that was lost must be brought back instead of made anew."""

    code = "master_key_absent"


class MasterKeyOther(DatabaseProblem):
    """The key on the server is not the one that the secrets were written with."""

    code = "master_key_other"


class MasterKeyExists(DatabaseProblem):
    """A key is there already, and overwriting it would lose what it opens."""

    code = "master_key_exists"


class KeyOnTheNetwork(DatabaseProblem):
    """The key would leave the server without TLS."""

    code = "key_on_the_network"


class KeyCopyUnreadable(DatabaseProblem):
    """The file is no copy of a master key."""

    code = "key_copy_unreadable"


class PassphraseShort(DatabaseProblem):
    """A copy of the key is worth as much as its passphrase."""

    code = "passphrase_short"


class PassphraseWrong(DatabaseProblem):
    """The passphrase does not open the copy."""

    code = "passphrase_wrong"


class RetentionUnknown(DatabaseProblem):
    """There is no such kind of rows."""

    code = "retention_unknown"


class RetentionShort(DatabaseProblem):
    """A trail is not shortened to nothing."""

    code = "retention_short"


class TablesInUse(DatabaseProblem):
    """Somebody holds a table that the upgrade must change."""

    code = "tables_in_use"
