"""The mirror's configuration: what it serves, and that nothing slips into it."""

from dataclasses import replace
from pathlib import Path

import pytest

from millwright.core.errors import FailedError
from millwright.rack.mirror import Upstream, quote, render_nginx

ADA = ("ada", "domain users")


def test_the_configuration_in_front_of_an_archive(plan, golden):
    golden("nginx.conf", render_nginx(plan, Upstream("http://deb.example.org/debian"), ADA))


def test_the_configuration_behind_a_proxy(plan, golden):
    upstream = Upstream("https://mirror.example/pub/debian", "http://ada:p%40ss@proxy.example:3128/")
    golden("nginx-proxy.conf", render_nginx(plan, upstream, ADA))


def test_an_encrypted_archive_is_verified(plan):
    text = render_nginx(plan, Upstream("https://mirror.example/debian"), ADA)
    assert "proxy_ssl_verify on;" in text
    assert "proxy_ssl_server_name on;" in text


def test_a_proxy_password_is_not_written_in_clear(plan):
    text = render_nginx(plan, Upstream("http://deb.example.org/debian", "http://ada:p%40ss@proxy:1"), ADA)
    assert "p@ss" not in text
    assert "p%40ss" not in text


def test_a_folder_with_blanks_and_quotes_stays_one_string(plan):
    text = render_nginx(replace(plan, state=Path('/home/a "b"; } c')), Upstream("http://d/debian"), ADA)
    assert r'pid "/home/a \"b\"; } c/run/nginx.pid";' in text


@pytest.mark.parametrize("text", ["/home/$user", "/home/a\nb"])
def test_what_nginx_can_not_quote_is_refused(text):
    with pytest.raises(FailedError, match="choose another folder"):
        quote(text)
