"""What to do about failures that every site meets, put before the words of the tool that met them."""

ADVICE = (
    (
        (
            "REMOTE HOST IDENTIFICATION HAS CHANGED",
            "Host key verification failed",
            "SSH reported an unrecognized or mismatching host key",
        ),
        "its SSH host key is not the one that is pinned, so nothing was sent to it; find out why before you "
        "pin another",
    ),
    (
        ("No space left on device", "Disk quota exceeded"),
        "a file system of the host is full; free some space and apply again, what could not be written whole "
        "was left as it was",
    ),
)
"""Words that tell a failure, and what it means for whoever reads the report."""


def advise(message: str) -> str:
    """The message, after advice where there is some.

    >>> advise("Permission denied")
    'Permission denied'
    """
    for marks, advice in ADVICE:
        if any(mark.lower() in message.lower() for mark in marks):
            return f"{advice}: {message}"
    return message
