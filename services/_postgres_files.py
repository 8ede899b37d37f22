"""What PostgreSQL cannot work with in its configuration files."""

from __future__ import annotations

import re
from collections.abc import Iterator

from k8sgen import ConfigUse

_LINE = re.compile(r"(\w[\w.]*)(?:\s*=\s*|\s+)('(?:[^']|'')*'|[^\s#']+)\s*(?:#.*)?")
_AMOUNT = re.compile(r"(\d+) ?(B|kB|MB|GB|TB)?")
_UNITS = {None: 8192, "B": 1, "kB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}
"""Of `shared_buffers`; without a unit it counts blocks."""
_TYPES = ("local", "host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc")
_METHODS = frozenset(
    ("trust", "reject", "scram-sha-256", "md5", "password", "gss", "sspi", "ident", "peer", "ldap",
     "radius", "cert", "pam", "bsd", "oauth")
)  # fmt: skip


def server_problems(use: ConfigUse) -> Iterator[str]:
    """
    Judge postgresql.conf: its lines, its memory and its port.

    Source:
        https://www.postgresql.org/docs/18/config-setting.html
    """
    found = {"shared_buffers": "128MB", "port": "5432", "max_connections": "100"}
    for number, line in enumerate(map(str.strip, use.text.splitlines()), 1):
        match = _LINE.fullmatch(line)
        if match:
            found[match[1].lower()] = match[2].strip("'")
        elif line and not line.startswith("#"):
            yield f"line {number}: {line!r} is not a parameter and its value"
    size = _AMOUNT.fullmatch(found["shared_buffers"])
    if size is None:
        yield f"shared_buffers: {found['shared_buffers']!r} is not an amount of memory"
    elif use.memory is not None and int(size[1]) * _UNITS[size[2]] >= use.memory:
        yield f"shared_buffers: {size[0]} is not less than the container's memory limit"
    if found["port"] not in map(str, use.ports):
        yield f"port: {found['port']} is no port of the container"
    if not found["max_connections"].isdecimal():
        yield f"max_connections: {found['max_connections']!r} is not a number"


def login_problems(use: ConfigUse) -> Iterator[str]:
    """
    Judge pg_hba.conf: its lines, and that nobody is let in without a password.

    Source:
        https://www.postgresql.org/docs/18/auth-pg-hba-conf.html
    """
    for number, line in enumerate(use.text.splitlines(), 1):
        words = line.partition("#")[0].split()
        methods = [word for word in words[3:] if word in _METHODS]
        if words and words[0] not in _TYPES:
            yield f"line {number}: {words[0]!r} is not one of {', '.join(_TYPES)}"
        elif words and not methods:
            yield f"line {number}: it names no method, such as scram-sha-256"
        elif methods[:1] == ["trust"]:
            yield f"line {number}: trust lets anybody in without a password"
