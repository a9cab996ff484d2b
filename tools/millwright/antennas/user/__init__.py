"""The files with which a user of an antenna connects."""
