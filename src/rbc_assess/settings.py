"""What an installation decides: ``RBC_*`` variables, or ``RBC_*_FILE`` for what is secret. Unsafe ones stop the start.

A new setting is a field with a description; the README's table is compared with this class.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal, NamedTuple, Self
from urllib.parse import unquote, urlsplit

from pydantic import AfterValidator, Field, SecretStr, ValidationError, model_validator
from pydantic.fields import FieldInfo
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from rbc_assess.errors import RbcError
from rbc_assess.identity import read_address

PREFIX: Final = "RBC_"
SECRETS: Final = (
    "secret_key",
    "secret_key_previous",
    "database_url",
    "owner_database_url",
    "worker_database_url",
    "smtp_password",
)
"""Settings that may be given as the name of a file that holds them, ``RBC_<NAME>_FILE``."""

SHORTEST_SECRET: Final = 32
FEWEST_SIGNS: Final = 10
LOCAL_SENDER: Final = "rbc-assess@localhost"
PLACEHOLDERS: Final = ("change", "default", "example", "password", "placeholder", "secret")
"""Words that show a secret was copied from somewhere; random text of 32 signs has them about never."""


class SettingsRefused(RbcError):
    """The settings are missing something or unsafe; the sentence says which variable to set, and to what."""

    code = "settings-refused"


def _refusal(en: str, ja: str) -> PydanticCustomError:
    return PydanticCustomError("unsafe", "{en}", {"en": en, "ja": ja})


def _strong(secret: SecretStr) -> SecretStr:
    """Refuse a secret that is short, a placeholder, or the same few signs again and again."""
    text = secret.get_secret_value()
    if len(text.encode()) < SHORTEST_SECRET or len(set(text)) < FEWEST_SIGNS:
        raise _refusal(
            f"it is too easy to guess; give {SHORTEST_SECRET} random bytes or more: `rbc-assess secret` prints some",
            f"推測されやすい値です。{SHORTEST_SECRET}バイト以上の乱数にしてください(`rbc-assess secret` で作れます)",
        )
    if any(word in text.lower() for word in PLACEHOLDERS):
        raise _refusal(
            "it is a placeholder; give a fresh one: `rbc-assess secret` prints one",
            "見本の値のままです。新しい値にしてください(`rbc-assess secret` で作れます)",
        )
    return secret


def _web_address(address: str) -> str:
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise _refusal(
            "it is not a web address such as https://rbc.example.jp",
            "https://rbc.example.jp のようなアドレスにしてください",
        )
    return address.rstrip("/")


def _mail_address(address: str) -> str:
    if read_address(address) is None and address != LOCAL_SENDER:
        raise _refusal("it is not an e-mail address", "メールアドレスを指定してください")
    return address


StrongSecret = Annotated[SecretStr, AfterValidator(_strong)]
WebAddress = Annotated[str, AfterValidator(_web_address)]


class _Files(PydanticBaseSettingsSource):
    """Reads ``RBC_<NAME>_FILE`` for the settings that are secret."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[str | None, str, bool]:  # noqa: ARG002
        name = f"{PREFIX}{field_name.upper()}"
        path = os.environ.get(f"{name}_FILE")
        if field_name not in SECRETS or path is None:
            return None, field_name, False
        if name in os.environ:
            raise SettingsRefused(
                en=f"Both {name} and {name}_FILE are set; keep one of them.",
                ja=f"{name} と {name}_FILE の両方が設定されています。どちらか一方にしてください。",
            )
        try:
            return Path(path).read_text("utf-8").strip(), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not text"
            raise SettingsRefused(
                en=f"{name}_FILE names a file that cannot be read: {reason}.",
                ja=f"{name}_FILE のファイルを読めません({reason})。",
            ) from error

    def __call__(self) -> dict[str, str]:
        found = {
            name: self.get_field_value(field, name)[0]
            for name, field in self.settings_cls.model_fields.items()
        }
        return {name: value for name, value in found.items() if value is not None}


class Settings(BaseSettings):
    """The settings of one installation. Use ``read_settings`` at the edge: it puts refusals into sentences."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", hide_input_in_errors=True, env_ignore_empty=True
    )

    database_url: SecretStr | None = Field(
        None,
        description="The database, as the service uses it: `postgresql://...` or `sqlite:///path`. "
        "Default: a SQLite file in `RBC_DATA_DIR`.",
    )
    owner_database_url: SecretStr | None = Field(
        None,
        description="The same PostgreSQL database as the role that owns the schema, for `db upgrade` and backups. "
        "If set, `serve` brings the schema to head.",
    )
    worker_database_url: SecretStr | None = Field(
        None,
        description="The same PostgreSQL database as a role with BYPASSRLS, for work that is done for everybody: "
        "the worker, simulations and replays on the command line. Default: `RBC_DATABASE_URL`.",
    )
    application_role: str | None = Field(
        None,
        description="The PostgreSQL role that an upgrade grants what the service needs. "
        "Default: the user of `RBC_DATABASE_URL`, if `RBC_OWNER_DATABASE_URL` is set.",
    )
    data_dir: Path = Field(
        Path("var"), description="Folder for the SQLite file and what the service writes itself."
    )
    checkpoint_dir: Path | None = Field(
        None,
        description="Folder for the signed checkpoints of the audit trail, to be copied off the host. "
        "Default: `checkpoints` in `RBC_DATA_DIR`.",
    )
    pg_bin_dir: Path | None = Field(
        None,
        description="Folder of PostgreSQL's programs `pg_dump` and `pg_restore`, for `backup` and `restore`. "
        "Default: those on the PATH.",
    )
    documents_dir: Path | None = Field(
        None,
        description="Root of questionnaires, criteria, countries and schemes. Default: those that are shipped.",
    )
    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(8000, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
    public_url: WebAddress = Field(
        "http://localhost:8000",
        description="The address people and programs reach this service at; never taken from a request.",
    )
    secret_key: StrongSecret | None = Field(
        None,
        description="The one secret, 32 bytes or more; hashes of API keys and the keys of enterprises' sealed texts "
        "hang on it. `rbc-assess secret` prints one.",
    )
    secret_key_previous: StrongSecret | None = Field(
        None,
        description="The secret before this one, still accepted while it is being changed. "
        "Each API key moves to the new one when it is next used.",
    )
    demo: bool = Field(
        False, description="A show on this machine alone: makes up its own secret, refuses any other address."
    )
    pool_size: int = Field(
        4, ge=1, le=64, description="Request threads, and as many database connections, of each process."
    )
    rate_per_minute: int = Field(
        120_000,
        ge=0,
        description="Calls that one credential may make of each process in a minute; 0 is no limit. "
        "A batch of decisions is one call.",
    )
    rate_tokens_per_minute: int = Field(
        60,
        ge=0,
        description="Tokens that one client may ask each process for in a minute, from one address; "
        "ten times as many from that address in all, and as many tries of people to sign in. 0 is no limit.",
    )
    smtp_host: str | None = Field(
        None,
        description="The mail server that sends people their links to sign in. In the demo they are printed.",
    )
    smtp_port: int = Field(587, ge=1, le=65535, description="Port of the mail server.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="How mail is kept from others' eyes on its way: `starttls`, `tls` or `none`."
    )
    smtp_username: str | None = Field(None, description="Name at the mail server, if it wants one.")
    smtp_password: SecretStr | None = Field(None, description="Password at the mail server.")
    smtp_from: Annotated[str, AfterValidator(_mail_address)] = Field(
        LOCAL_SENDER, description="The address that mail comes from."
    )
    lease_seconds: int = Field(
        30,
        ge=1,
        le=3600,
        description="How long work in the background waits for a worker that has gone silent, "
        "before another one takes it up.",
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _Files(settings_cls)

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.demo and not _is_loopback(self.host):
            raise _refusal(
                "RBC_DEMO serves this machine alone; set RBC_HOST to 127.0.0.1, or take RBC_DEMO away",
                "RBC_DEMOはこの機械の中だけで動きます。RBC_HOSTを127.0.0.1にするか、RBC_DEMOを外してください",
            )
        if self.smtp_username is not None and self.smtp_security == "none":
            raise _refusal(
                "RBC_SMTP_USERNAME and its password would travel in the open; set RBC_SMTP_SECURITY to starttls or tls",
                "RBC_SMTP_USERNAMEとパスワードが暗号化されずに送られます。RBC_SMTP_SECURITYをstarttlsかtlsにしてください",
            )
        if self.secret_key is None:
            if not self.demo:
                raise _refusal(
                    "RBC_SECRET_KEY is not set; give it (or the file RBC_SECRET_KEY_FILE) what "
                    "`rbc-assess secret` prints, and keep it",
                    "RBC_SECRET_KEYが設定されていません。`rbc-assess secret` の出力を設定し、保管してください"
                    "(RBC_SECRET_KEY_FILEでファイルも指定できます)",
                )
            # The model is frozen to everyone else; a demo's database is new each time, so may be its secret.
            object.__setattr__(self, "secret_key", SecretStr(fresh_secret()))
        return self

    @property
    def store_url(self) -> str:
        """The database's URL, with its password."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir.absolute() / 'rbc-assess.sqlite3'}"

    @property
    def checkpoints(self) -> Path:
        """The folder for the signed checkpoints of the audit trail."""
        return self.checkpoint_dir or self.data_dir / "checkpoints"

    @property
    def owner_url(self) -> str | None:
        """The URL to change the schema with, if one is set."""
        return None if self.owner_database_url is None else self.owner_database_url.get_secret_value()

    @property
    def work_url(self) -> str:
        """The URL for work that is done for every organisation in turn, with its password."""
        return (
            self.store_url
            if self.worker_database_url is None
            else self.worker_database_url.get_secret_value()
        )

    @property
    def worker_role_to_grant(self) -> str | None:
        """The PostgreSQL role that an upgrade grants what the worker needs."""
        return _user_of(None if self.worker_database_url is None else self.work_url)

    @property
    def role_to_grant(self) -> str | None:
        """The PostgreSQL role that an upgrade grants what the service needs."""
        if self.application_role is not None or self.owner_database_url is None:
            return self.application_role
        return _user_of(self.store_url)

    @property
    def secret(self) -> str:
        """The one secret, as ``identity.Peppers`` takes it."""
        assert self.secret_key is not None
        return self.secret_key.get_secret_value()

    @property
    def previous_secrets(self) -> tuple[str, ...]:
        """Secrets that are still accepted, as ``identity.Peppers`` takes them."""
        return () if self.secret_key_previous is None else (self.secret_key_previous.get_secret_value(),)


def _user_of(url: str | None) -> str | None:
    user = None if url is None else urlsplit(url).username
    return None if user is None else unquote(user)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def fresh_secret() -> str:
    """Make a secret: 32 random bytes as text, without any word of ``PLACEHOLDERS``."""
    return secrets.token_hex(32)


def read_settings(given: Mapping[str, object] | None = None) -> Settings:
    """Read the settings from the environment; ``given`` ones (as from the command line) come first.

    Raises:
        SettingsRefused: one is missing, malformed or unsafe. The sentence never repeats a value.
    """
    try:
        return Settings(**dict(given or {}))  # type: ignore[arg-type]
    except ValidationError as error:
        sentences = [_sentences(dict(one)) for one in error.errors(include_input=False, include_url=False)]
        raise SettingsRefused(
            en=" ".join(en for en, _ in sentences), ja=" ".join(ja for _, ja in sentences)
        ) from None


def _sentences(error: Mapping[str, object]) -> tuple[str, str]:
    context = error.get("ctx")
    spoken = (
        context
        if isinstance(context, Mapping) and "en" in context
        else {"en": error["msg"], "ja": error["msg"]}
    )
    where = error["loc"]
    if not isinstance(where, tuple) or not where:
        return f"{spoken['en']}.", f"{spoken['ja']}。"
    name = f"{PREFIX}{str(where[0]).upper()}"
    return f"{name}: {spoken['en']}.", f"{name}: {spoken['ja']}。"


class DescribedSetting(NamedTuple):
    """A line of the README's table; ``secret`` ones may be given as ``<name>_FILE``."""

    name: str
    default: str
    description: str
    secret: bool


def described_settings() -> list[DescribedSetting]:
    """Return every setting with its default and meaning."""
    return [
        DescribedSetting(
            f"{PREFIX}{name.upper()}",
            "" if field.get_default() is None else str(field.get_default()),
            field.description or "",
            name in SECRETS,
        )
        for name, field in Settings.model_fields.items()
    ]
