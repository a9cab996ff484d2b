"""Paths and addresses that reach configuration files and units of systemd as they are."""

from typing import Annotated

from pydantic import StringConstraints

HostPath = Annotated[
    str,
    StringConstraints(pattern=r"^(/[A-Za-z0-9_][A-Za-z0-9._-]*)+$", max_length=255),
]
"""An absolute path without blanks, dots at the start of a part, or anything that a unit file would expand."""

Url = Annotated[
    str,
    StringConstraints(
        pattern=r"^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~@+-]*)*$", max_length=255
    ),
]
"""An HTTP address without user name, query or blanks."""
