"""Where the service may send something on another's word: public unicast addresses, and nothing that leads elsewhere.

``ipaddress.is_global`` alone lets pass what leads back inside: NAT64, 6to4, ``::127.0.0.1``, multicast.
Source: the IANA special-purpose address registries (RFC 6890), as of 2026.
"""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final, NamedTuple, TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address

_NOT_PUBLIC_4: Final = tuple(
    IPv4Network(one)
    for one in (
        "0.0.0.0/8",  # this network (RFC 791)
        "10.0.0.0/8",  # private (RFC 1918)
        "100.64.0.0/10",  # shared by a carrier's customers (RFC 6598)
        "127.0.0.0/8",  # loopback
        "169.254.0.0/16",  # link-local, where clouds keep their metadata (RFC 3927)
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments (RFC 6890)
        "192.0.2.0/24",  # documentation (RFC 5737)
        "192.31.196.0/24",  # AS112 (RFC 7535)
        "192.52.193.0/24",  # AMT (RFC 7450)
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112 (RFC 7534)
        "198.18.0.0/15",  # benchmarks (RFC 2544)
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
    )
)
_GLOBAL_6: Final = IPv6Network("2000::/3")
"""The only part of IPv6 that is given out as global unicast; mapped, NAT64, local and multicast lie outside."""
_NOT_PUBLIC_6: Final = tuple(
    IPv6Network(one)
    for one in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks, ...
        "2001:db8::/32",  # documentation (RFC 3849)
        "2002::/16",  # 6to4: an IPv4 address in disguise (RFC 3056)
        "2620:4f:8000::/48",  # AS112
        "3ffe::/16",  # the former 6bone
        "3fff::/20",  # documentation (RFC 9637)
    )
)
_ISATAP: Final = frozenset({0x0000_5EFE, 0x0200_5EFE})
"""The upper half of an interface identifier that has an IPv4 address in its lower half (RFC 5214)."""


def is_public(address: Address) -> bool:
    """Tell whether an address is one host's on the public internet, and leads to no other by itself."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    if address.scope_id is not None or address not in _GLOBAL_6:
        return False
    if int(address) >> 32 & 0xFFFF_FFFF in _ISATAP:
        return False
    return not any(address in network for network in _NOT_PUBLIC_6)


# --- web addresses -----------------------------------------------------------------------------------------

LONGEST: Final = 2000
USUAL_PORT: Final = 443

_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME: Final = re.compile(rf"(?:{_LABEL}\.)+{_LABEL}", re.ASCII)
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_URL: Final = re.compile(
    r"https://(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9.-]{1,253})(?::(?P<port>[1-9][0-9]{0,4}))?"
    r"(?P<target>(?:/[A-Za-z0-9\-._~%!$&'()*+,;=:@/]*)?(?:\?[A-Za-z0-9\-._~%!$&'()*+,;=:@/?]*)?)",
    re.ASCII,
)


class WebAddress(NamedTuple):
    """Where something is sent: ``host`` is a name in lower case or an address, ``target`` a path with its query."""

    host: str
    port: int
    target: str

    @property
    def literal(self) -> Address | None:
        """The address, where the host is one; in the one form that nobody reads differently."""
        try:
            return ip_address(self.host.strip("[]"))
        except ValueError:
            return None


def read_web_address(text: str) -> WebAddress | None:
    """Read an ``https`` address of the plainest form; None for any other.

    No user, no fragment, no letters beyond ASCII (a name in another script is written ``xn--...``), no host that is
    a number in disguise (``2130706433``, ``0x7f.1``, ``0177.0.0.1``): programs differ in how they read those.
    """
    found = _URL.fullmatch(text) if len(text) <= LONGEST else None
    if found is None:
        return None
    host, port = found["host"].lower(), int(found["port"] or USUAL_PORT)
    target = found["target"] if found["target"].startswith("/") else f"/{found['target']}"
    read = WebAddress(host, port, target)
    if port > 0xFFFF:
        return None
    if read.literal is not None:
        # A name never stands in brackets, an address of version 6 always does.
        return read if host.startswith("[") == isinstance(read.literal, IPv6Address) else None
    if not _NAME.fullmatch(host) or _NUMBER.fullmatch(host.rsplit(".", 1)[-1]):
        return None
    return read
