"""``secret rewrap``: what was wrapped under the former secret, wrapped under the one in use."""

from __future__ import annotations

from rbc_assess.cli.database import keyring_of, open_store, settings_of_database
from rbc_assess.cli.voice import FINE, Voice, write_json
from rbc_assess.identity import Sealer
from rbc_assess.storage.sealing import rewrap_keys
from rbc_assess.storage.webhooks import reseal_secrets

AT_A_TIME = 500


def rewrap(voice: Voice) -> int:
    """Rewrap, a few hundred at a time, while the service goes on under both secrets.

    Raises:
        SettingsRefused: a secret is missing or unsafe.
        SealBroken: something hangs on a secret that is neither of the two.
    """
    settings = settings_of_database(with_secret=True)
    sealer = Sealer(settings.secret, settings.previous_secrets)
    keys = secrets = 0
    with open_store(settings, keyring=keyring_of(settings), role="worker") as store:
        while True:
            with store.write() as connection:
                done = rewrap_keys(connection, at_most=AT_A_TIME)
            keys += done
            if done < AT_A_TIME:
                break
        with store.write() as connection:
            secrets = reseal_secrets(connection, sealer)
    if voice.json:
        write_json({"keys": keys, "signing_secrets": secrets})
    else:
        voice.say(
            f"{keys} keys and {secrets} signing secrets now hang on the secret in use.",
            f"鍵 {keys} 件と署名用の秘密 {secrets} 件を、現在の秘密鍵で包み直しました。",
        )
    return FINE
