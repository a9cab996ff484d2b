"""Where this machine's packages come from."""

from pathlib import Path

import pytest
import yaml

from millwright.rack.apt_sources import DEFAULT_ARCHIVE, archive_proxy, debian_archive, read_sources

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "apt_sources.yaml").read_text())
ARCHIVE = "http://deb.example.org/debian"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["says"])
def test_the_archive_is_the_one_that_apt_uses(case):
    assert debian_archive(case["files"]) == (case["archive"] or DEFAULT_ARCHIVE)


def test_only_apts_own_files_are_read(tmp_path):
    (tmp_path / "sources.list.d").mkdir()
    for name in (
        "sources.list",
        "sources.list.d/a.sources",
        "sources.list.d/b.list.save",
        "sources.list.d/c.bak",
    ):
        (tmp_path / name).write_bytes(b"deb \xff\n")
    assert [Path(name).name for name in read_sources(tmp_path)] == ["sources.list", "a.sources"]


def test_a_machine_without_apt_has_no_sources(tmp_path):
    assert read_sources(tmp_path / "nowhere") == {}


@pytest.mark.parametrize(
    ("config", "environment", "proxy"),
    [
        ("", {}, None),
        ('Acquire::http::Proxy "http://proxy.example:3128/";', {}, "http://proxy.example:3128/"),
        ('Acquire::http::proxy "http://ada:p%40ss@proxy:8080";', {}, "http://ada:p%40ss@proxy:8080"),
        ("", {"http_proxy": "http://proxy:3128"}, "http://proxy:3128"),
        ('Acquire::http::Proxy "http://a:1";', {"http_proxy": "http://b:2"}, "http://a:1"),
        ('Acquire::http::Proxy "http://a:1";\nAcquire::http::Proxy::deb.example.org "DIRECT";', {}, None),
        ('Acquire::https::Proxy "http://a:1";', {}, None),
        ('Acquire::http::Proxy "socks5h://a:1";', {}, None),
        ('Acquire::http::Proxy "http://a:1/$request_uri";', {}, None),
        ('Acquire::http::Proxy "";', {}, None),
    ],
)
def test_the_proxy_is_the_one_that_apt_would_take(config, environment, proxy):
    assert archive_proxy(config, ARCHIVE, environment) == proxy
