"""Where what a cortex perceives goes: this machine, a network of one's own, or the internet."""

from __future__ import annotations

import ipaddress
import re
from typing import Literal
from urllib.parse import urlsplit

import msgspec

Gets = Literal["pictures", "words"]

HOME = (".local", ".lan", ".home", ".internal", ".home.arpa", ".localdomain")
"""Ends of names that networks of one's own have."""


NUMBERS = re.compile(r"(0x[0-9a-f]+|\d+)(\.(0x[0-9a-f]+|\d+))*\.?", re.IGNORECASE)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where what a cortex perceives goes."""

    where: Literal["machine", "network", "internet"] = "machine"
    """This machine, a network of one's own, or beyond it."""
    name: str = ""
    """What to call it, such as `AWS eu-west-1` or `nas.local:11434`."""
    gets: tuple[Gets, ...] = ()
    """What goes there."""


def place_of(address: str, *gets: Gets, name: str = "") -> Place:
    """Return the place of a URL: by its host, this machine, a network of one's own, or the internet.

    It asks no name server: a name is judged by how it looks. `name` is what to call it, if not by its host.
    """
    parts = urlsplit(address if "//" in address else f"//{address}")
    host = parts.hostname or ""
    return Place(where=_where(host), name=name or parts.netloc.rpartition("@")[2], gets=gets)


def _where(host: str) -> Literal["machine", "network", "internet"]:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        if NUMBERS.fullmatch(host):  # such as 134744072 and 0x8.8.8.8, which some read as an address: nobody's name
            return "internet"
        if host == "localhost" or host.endswith(".localhost"):
            return "machine"
        return "network" if "." not in host or host.endswith(HOME) else "internet"
    address = getattr(address, "ipv4_mapped", None) or address
    if address.is_loopback or address.is_unspecified:
        return "machine"
    return "network" if address.is_private else "internet"
