"""OpenSSL: time stamps of an authority (RFC 3161)."""
