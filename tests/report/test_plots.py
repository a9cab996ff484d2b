import re
from xml.etree import ElementTree

import pytest

from millwright.report.judged import Estimate
from millwright.report.plots import COLOURS, Bound, Strip, Words, draw_plot

WORDS = Words("Title", "Description", "GB/s", "limit ≥ 9.5")


def strip(name="rack-c1", samples=(10.0, 10.5, 11.0)):
    middle = sorted(samples)[len(samples) // 2]
    return Strip(
        name,
        Estimate(len(samples), middle, min(samples), max(samples), min(samples), max(samples), 0.1),
        samples,
    )


def draw(*strips, bound=None, words=WORDS, prefix="row-1-1"):
    return draw_plot(strips, bound, words, prefix)


def read(svg):
    return ElementTree.fromstring(svg)  # noqa: S314 - drawn by the code under test


def texts(svg):
    return [item.text for item in read(svg).iter() if item.text and item.text.strip()]


def test_equal_data_makes_equal_bytes():
    assert draw(strip(), bound=Bound(9.5, "higher")) == draw(strip(), bound=Bound(9.5, "higher"))


def test_the_users_own_matplotlib_settings_change_nothing():
    import matplotlib as mpl

    before = draw(strip())
    own = {"font.size": 30, "axes.grid": True, "xtick.direction": "in", "xtick.minor.visible": True}
    with mpl.rc_context(own | {"svg.fonttype": "path"}):
        assert draw(strip()) == before


def test_every_sample_is_one_mark():
    samples = tuple(10 + index / 100 for index in range(37))
    svg = draw(strip(samples=samples))
    assert max(svg.count(f'href="#{mark}"') for mark in set(re.findall(r'href="#([^"]+)"', svg))) == 37


def test_many_samples_become_a_box():
    few, many = (draw(strip(samples=tuple(10 + i / 1000 for i in range(n)))) for n in (60, 61))
    assert few.count("<use") > 60
    assert many.count("<use") < 20


def test_text_stays_text_and_colours_are_the_pages():
    svg = draw(strip(), bound=Bound(9.5, "higher"))
    assert "rack-c1" in texts(svg)
    assert "limit ≥ 9.5" in texts(svg)
    assert not any(stand_in in svg for stand_in in COLOURS)
    assert set(re.findall(r"(?:fill|stroke): (#\w+)", svg)) == set()
    assert "font-family" not in svg


def test_the_figure_has_a_name_and_a_description():
    root = read(draw(strip()))
    ids = {item.attrib["id"]: item.text for item in root.iter() if "id" in item.attrib}
    assert root.attrib["role"] == "img"
    assert [ids[name] for name in root.attrib["aria-labelledby"].split()] == ["Title", "Description"]


def test_ids_of_two_figures_never_meet():
    first, second = (
        set(re.findall(r' id="([^"]+)"', draw(strip(), prefix=p))) for p in ("row-1-1", "row-1-2")
    )
    assert first
    assert not first & second


@pytest.mark.parametrize(
    ("value", "better", "mark"),
    [(2.0, "higher", "◂ limit"), (90.0, "higher", "▸"), (90.0, "lower", "▸"), (2.0, "lower", "◂ limit")],
)
def test_a_limit_far_from_the_data_is_an_arrow_at_the_edge(value, better, mark):
    assert any(mark in text for text in texts(draw(strip(), bound=Bound(value, better))))


@pytest.mark.parametrize(
    "name",
    [
        "<script>alert(1)</script>",
        "a}b",
        "{{ 7*7 }}",
        "$(reboot)",
        "$x^2_3$",
        "\"'&",
        "\u202egnp.exe",
        "שלום",
        "漢字",
        "x" * 400,
        "\x00\x07",
    ],
)
def test_hostile_names_stay_names(name):
    words = Words(name, name, name, name)
    svg = draw(strip(name), bound=Bound(10.2, "higher"), words=words)
    root = read(svg)
    benign = read(draw(strip(), bound=Bound(10.2, "higher")))
    assert [(item.tag, sorted(item.attrib)) for item in root.iter()] == [
        (item.tag, sorted(item.attrib)) for item in benign.iter()
    ]
    if name.isprintable() and len(name) < 16:
        assert name in texts(svg)


def test_one_value_and_equal_values_have_an_axis():
    for samples in ((128.0,), (128.0, 128.0), (0.0, 0.0, 0.0)):
        assert len(texts(draw(strip(samples=samples)))) > 3
