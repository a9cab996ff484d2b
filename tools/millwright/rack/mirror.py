"""Packages for a rack without a route out: a caching nginx on the bridge's address."""

import base64
import grp
import os
import pwd
import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from millwright.core.errors import FailedError
from millwright.rack.files import owner_of_caller
from millwright.rack.plan import RackPlan

CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")
READY_S = 10.0
CACHE_LIMIT = "8g"
SCRATCH = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@dataclass(frozen=True, slots=True)
class Upstream:
    """Where packages come from, and through which HTTP proxy."""

    archive: str
    proxy: str | None = None


def quote(text: str | Path) -> str:
    """A string of nginx's configuration language in which nothing is special.

    nginx has no escape for ``$``, so a path that holds one is refused.
    """
    value = str(text)
    if "$" in value or "\n" in value:
        raise FailedError(
            f"{value!r} holds a character that nginx can't take; choose another folder", code="MW7027"
        )
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _encoded_credentials(proxy: str) -> str | None:
    parts = urlsplit(proxy)
    if not parts.username:
        return None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return base64.b64encode(pair.encode()).decode()


def _server_lines(upstream: Upstream) -> list[str]:
    """What all locations share: how the archive is asked."""
    lines = [
        f"proxy_set_header Host {quote(urlsplit(upstream.archive).netloc)};",
        'proxy_set_header Connection "";',
    ]
    if upstream.proxy:
        plain = "http://" + urlsplit(upstream.archive).netloc
        lines.append(f"set $archive {quote(plain)};")
        token = _encoded_credentials(upstream.proxy)
        return lines + ([f'proxy_set_header Proxy-Authorization "Basic {token}";'] if token else [])
    if upstream.archive.startswith("https:"):
        lines += ["proxy_ssl_server_name on;", "proxy_ssl_verify on;", "proxy_ssl_verify_depth 4;"]
        lines += [f"proxy_ssl_trusted_certificate {CERTIFICATES};"]
    return lines


def _location_lines(upstream: Upstream, folder: str) -> list[str]:
    """How requests below ``/debian/<folder>`` are passed on.

    Through a forward proxy the whole URI has to be asked for. nginx sends a rewritten URI as it
    is, and takes one that begins with a variable for a path, not for a redirection. It can't open
    a tunnel, so the archive is then asked over plain HTTP, which apt's signatures make safe.
    """
    if not upstream.proxy:
        return [f"proxy_pass {quote(f'{upstream.archive}/{folder}')};"]
    parts = urlsplit(upstream.proxy)
    base = urlsplit(upstream.archive).path
    return [
        f"rewrite ^/debian(/.*)$ $archive{base}$1 break;",
        f"proxy_pass {quote(f'http://{parts.hostname}:{parts.port or 80}')};",
    ]


def _block(head: str, lines: Iterable[str]) -> str:
    body = "".join(f"      {line}\n" for line in lines)
    return f"    {head} {{\n{body}    }}\n"


def await_mirror(address: str, runs: Callable[[], bool], last_words: Callable[[], str]) -> None:
    """Wait until the mirror answers; :exc:`FailedError` with what it printed where it does not."""
    deadline = time.monotonic() + READY_S
    while runs() and time.monotonic() < deadline:
        try:
            socket.create_connection((address, 80), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise FailedError(
        f"the package mirror does not answer on {address}, port 80: {last_words()}", code="MW7028"
    )


def worker() -> tuple[str, str]:
    """User and group that nginx's workers run as: the caller, who owns the cache."""
    user, group = owner_of_caller() or (os.geteuid(), os.getegid())
    try:
        return pwd.getpwuid(user).pw_name, grp.getgrgid(group).gr_name
    except KeyError:  # somebody without a name, and nginx knows people by name only
        return "root", "root"


def render_nginx(plan: RackPlan, upstream: Upstream, runs_as: tuple[str, str]) -> str:
    """Configuration of the mirror; it listens on the bridge only."""
    run, cache = plan.state / "run", plan.cache / "mirror"
    scratch = "".join(f"  {kind}_temp_path {quote(run / 'nginx' / kind)};\n" for kind in SCRATCH)
    server = "".join(f"    {line}\n" for line in _server_lines(upstream))
    # Packages never change under their name; indexes do, so they are asked for again and again.
    packages = _block("location /debian/", [*_location_lines(upstream, ""), "proxy_cache_valid 200 365d;"])
    indexes = _block(
        "location /debian/dists/",
        [*_location_lines(upstream, "dists/"), "proxy_cache_valid 200 10m;", "proxy_cache_revalidate on;"],
    )
    wheelhouse = _block("location /wheels/", [f"alias {quote(f'{plan.wheels}/')};", "autoindex on;"])
    return f"""\
user {quote(runs_as[0])} {quote(runs_as[1])};
worker_processes 1;
daemon off;
pid {quote(run / "nginx.pid")};
error_log {quote(plan.state / "log" / "mirror.log")} warn;
events {{ worker_connections 512; }}
http {{
{scratch}  access_log off;
  types {{ text/html html; text/plain lock; }}
  default_type application/octet-stream;
  sendfile on;
  proxy_cache_path {quote(cache)} levels=1:2 keys_zone=debian:8m max_size={CACHE_LIMIT}
                   inactive=365d use_temp_path=off;
  server {{
    listen {plan.gateway}:80;
    server_name _;
    proxy_http_version 1.1;
    proxy_connect_timeout 10s;
    proxy_cache debian;
    proxy_cache_key $uri;
    proxy_cache_lock on;
    proxy_cache_lock_timeout 300s;
    proxy_cache_use_stale error timeout http_500 http_502 http_503 http_504;
    proxy_ignore_headers Cache-Control Expires Set-Cookie Vary;
{server}{packages}{indexes}{wheelhouse}  }}
}}
"""
