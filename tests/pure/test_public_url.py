"""The address that QR codes begin with."""

import pytest

from embedded.configuration import ServersError, public_url


@pytest.mark.parametrize(
    "text", ["", "https://anqi.example", "http://10.0.0.5:8443", "https://[fd00::1]:8443"]
)
def test_an_address_is_kept_without_a_slash_at_its_end(text: str) -> None:
    assert public_url(text) == public_url(f"{text}/" if text else "") == text


@pytest.mark.parametrize(
    "text",
    [
        "anqi.example",
        "ftp://anqi.example",
        "https://",
        "https://[fd00",
        "https://anqi.example:port",
        "https://anqi.example/police",
        "https://anqi.example?from=door",
        "https://anqi.example#door",
        "https://name:secret@anqi.example",
    ],
)
def test_what_is_no_address_or_says_more_is_refused(text: str) -> None:
    with pytest.raises(ServersError, match=r"write it like https://anqi\.example\."):
        public_url(text)
