"""The certificate of a machine without one: an authority of its own in the data folder, and what it signs.

For trying Anqi with phones (``ANQI_HTTPS=1``): browsers give a page camera, place and a service worker over https only.
Whoever trusts the authority on a phone trusts it for private addresses alone: its name constraints name no other, so that a
stolen key cannot stand for any site of the internet.
"""

import datetime as dt
import ipaddress
import os
import socket
from dataclasses import dataclass
from pathlib import Path

import psutil
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FOLDER = "https"
AUTHORITY_DAYS, LEAF_DAYS = 5 * 365, 397  # browsers accept a server's certificate for at most 398 days
RENEW_DAYS = 30
PRIVATE = (
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "127.0.0.0/8",
    "fc00::/7",
    "fe80::/10",
    "::1/128",
)
LOCAL_NAMES = ("localhost", "local")  # of DNS, also everything below them
_Key = ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Files:
    """Where the certificates lie: what phones trust, what the server shows (with its key)."""

    authority: Path
    chain: Path
    key: Path

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the authority as phones show it."""
        found = x509.load_pem_x509_certificate(self.authority.read_bytes())
        return found.fingerprint(hashes.SHA256()).hex(":").upper()


def lan_addresses() -> list[str]:
    """Return the private IPv4 addresses of this machine, the one of the way out first. Public ones are left out."""
    found = [
        each.address
        for addresses in psutil.net_if_addrs().values()
        for each in addresses
        if each.family == socket.AF_INET and _is_of_lan(each.address)
    ]
    first = _way_out()
    return sorted(dict.fromkeys(found), key=lambda address: address != first)


def _is_of_lan(address: str) -> bool:
    """Return whether the authority may vouch for an address, and others can reach it."""
    place = ipaddress.ip_address(address)
    return not place.is_loopback and any(place in ipaddress.ip_network(each) for each in PRIVATE)


def _way_out() -> str:
    """Return the address by which this machine reaches others; "" without a network. Sends nothing."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        if probe.connect_ex(("192.0.2.1", 9)):
            return ""
        return str(probe.getsockname()[0])


def ensure(data_dir: Path, addresses: list[str], now: dt.datetime | None = None) -> Files:
    """Make what is missing, is about to end, or lacks one of the addresses. The authority stays, so phones go on trusting it."""
    now = now or dt.datetime.now(dt.UTC)
    folder = data_dir / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    files = Files(folder / "anqi-ca.crt", folder / "server.pem", folder / "server.key")
    authority_key = folder / "anqi-ca.key"
    if not authority_key.exists() or _ends(files.authority, now):
        _make_authority(files.authority, authority_key, now)
        files.chain.unlink(missing_ok=True)
    lacks_key = not files.key.exists()
    if lacks_key or _ends(files.chain, now) or not set(addresses) <= _addresses_in(files.chain):
        _make_leaf(files, authority_key, addresses, now)
    return files


def _ends(path: Path, now: dt.datetime) -> bool:
    if not path.exists():
        return True
    found = x509.load_pem_x509_certificate(path.read_bytes())
    return found.not_valid_after_utc < now + dt.timedelta(days=RENEW_DAYS)


def _addresses_in(path: Path) -> set[str]:
    found = x509.load_pem_x509_certificate(path.read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return {str(each) for each in names.get_values_for_type(x509.IPAddress)}


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _begun(
    subject: x509.Name, issuer: x509.Name, key: _Key, now: dt.datetime, days: int
) -> x509.CertificateBuilder:
    begin = now - dt.timedelta(days=1)  # a phone's clock may be slow
    return (
        x509.CertificateBuilder(subject_name=subject, issuer_name=issuer, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + dt.timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        key_cert_sign=signs,
        crl_sign=signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _make_authority(path: Path, key_path: Path, now: dt.datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Anqi on {socket.gethostname()[:40]} ({now:%Y-%m-%d})")
    allowed: list[x509.GeneralName] = [x509.IPAddress(ipaddress.ip_network(each)) for each in PRIVATE]
    allowed += [x509.DNSName(each) for each in LOCAL_NAMES]
    made = (
        _begun(name, name, key, now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs=True), critical=True)
        .add_extension(x509.NameConstraints(allowed, None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path.unlink(missing_ok=True)  # whoever is stopped in between leaves none, never one of another key
    _write(key_path, _as_pem(key))
    _write(path, made.public_bytes(serialization.Encoding.PEM), 0o644)


def _make_leaf(files: Files, key_path: Path, addresses: list[str], now: dt.datetime) -> None:
    issuer = x509.load_pem_x509_certificate(files.authority.read_bytes())
    issuer_key = serialization.load_pem_private_key(key_path.read_bytes(), None)
    assert isinstance(issuer_key, _Key)
    key = ec.generate_private_key(ec.SECP256R1())
    here: list[x509.GeneralName] = [
        x509.IPAddress(ipaddress.ip_address(each)) for each in dict.fromkeys([*addresses, "127.0.0.1", "::1"])
    ]
    made = (
        _begun(_name("Anqi"), issuer.subject, key, now, LEAF_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost"), *here]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .sign(issuer_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    files.chain.unlink(missing_ok=True)  # as above
    _write(files.key, _as_pem(key))
    _write(files.chain, made.public_bytes(pem) + issuer.public_bytes(pem))


def _as_pem(key: _Key) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Replace a file in one step. Keys are read by their owner only."""
    new = path.with_suffix(f"{path.suffix}.new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(content)
    new.replace(path)
