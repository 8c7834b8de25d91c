"""Typed settings of this workstation, from policy, environment (DESK_…), installer and files; none holds a secret."""

from __future__ import annotations

from pathlib import Path

from platformdirs import PlatformDirs
from pydantic_settings import (
    BaseSettings,
    InitSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from desk.server import Server as Server
from desk.settings_layers import MACHINE, POLICY, registry

DIRS = PlatformDirs("Desk", appauthor=False)
# What only the company decides, by policy or in the machine's own file.
DECIDED = {"update_source", "update_key", "keep_password"}


class Settings(BaseSettings):
    """Which server to sign in to, and how this desk behaves.

    `host` may name several servers, separated by commas: the one that takes writes is used.
    """

    model_config = SettingsConfigDict(env_prefix="DESK_", extra="ignore")

    host: str = ""
    port: str = "5432"
    database: str = "desk"
    sslmode: str = "verify-full"
    sslrootcert: str = ""
    single_sign_on: bool = False
    data_folder: Path = Path(DIRS.user_data_dir)
    log_folder: Path = Path(DIRS.user_log_dir)
    update_source: str = ""  # where IT's notice of a newer version lies: a file on a share, or an https address
    update_key: str = ""  # whose signature it must have
    jump_list: bool = True  # whether the taskbar offers the customers opened last, by name
    keep_password: bool = True  # whether signing in offers to keep the password in the system's keyring

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Policy above the environment above the machine above the person; on Linux there is no policy."""
        machine = TomlConfigSettingsSource(settings_cls, toml_file=Path(DIRS.site_config_dir) / "desk.toml")
        person = TomlConfigSettingsSource(settings_cls, toml_file=Path(DIRS.user_config_dir) / "desk.toml")
        # A person's own word does not send this computer anywhere.
        own, around = (
            InitSettingsSource(settings_cls, {name: each for name, each in layer().items() if name not in DECIDED})
            for layer in (person, env_settings)
        )
        policy, installer = (InitSettingsSource(settings_cls, registry(key)) for key in (POLICY, MACHINE))
        return (init_settings, policy, around, installer, machine, own)

    @property
    def timelines_file(self) -> Path:
        """Where this desk notes how far each installation's servers have come (see services.core.timeline)."""
        return self.data_folder / "servers.json"

    @property
    def server(self) -> Server:
        """The database server to sign in to."""
        return Server(
            host=self.host,
            port=self.port,
            database=self.database,
            sslmode=self.sslmode,
            sslrootcert=self.sslrootcert,
            single_sign_on=self.single_sign_on,
        )
