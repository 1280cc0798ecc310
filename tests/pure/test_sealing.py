"""Secrets: what is sealed, with which keys, and what no key opens."""

import base64

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from deliveries.sealing import UnreadableSecret, new_secret, seal, unseal

# Sealed with the key below. Databases keep such texts, so it must stay readable.
KEPT = "gAAAAABrCgW73yjKKUqWnGisbUNXojAADPHCYW7HjV4no-hrT2XMJZaLzPUYuhG3OIKGNDhVIXe6jtQvkJhWNQIrGDrmROHt0g=="


@override_settings(SECRET_KEY="kept", SECRET_KEY_FALLBACKS=[])
def test_what_was_sealed_long_ago_stays_readable() -> None:
    assert unseal(KEPT) == "whsec_kept"


def test_a_new_secret_is_32_random_bytes() -> None:
    secrets = {new_secret() for _number in range(20)}
    assert len(secrets) == 20
    for secret in secrets:
        prefix, _underscore, text = secret.partition("_")
        assert (prefix, len(base64.b64decode(text, validate=True))) == ("whsec", 32)


@given(st.text())
def test_what_is_sealed_is_read_back_and_not_seen(secret: str) -> None:
    sealed = seal(secret)
    assert unseal(sealed) == secret
    assert seal(secret) != sealed
    assert sealed.isascii()
    assert len(secret) < 8 or secret not in sealed


def test_a_new_key_reads_with_the_old_one_among_the_fallbacks_and_seals_with_its_own() -> None:
    with override_settings(SECRET_KEY="old", SECRET_KEY_FALLBACKS=[]):
        before = seal("secret")
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=["older", "old"]):
        assert unseal(before) == "secret"
        after = seal("secret")
    with override_settings(SECRET_KEY="new", SECRET_KEY_FALLBACKS=[]):
        assert unseal(after) == "secret"
        for sealed in (before, after[:-4] + "AAA=", "", "nonsense"):
            with pytest.raises(UnreadableSecret):
                unseal(sealed)
    with override_settings(SECRET_KEY="old", SECRET_KEY_FALLBACKS=[]), pytest.raises(UnreadableSecret):
        unseal(after)
