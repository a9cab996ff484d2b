"""The style sheet: every text has enough contrast, light and dark."""

import re

import pytest

TEXT_ON = {
    "--ink": ("--paper", "--raised", "--miss", "--band"),
    "--muted": ("--paper", "--raised", "--open-back", "--miss"),
    "--link": ("--paper", "--raised", "--open-back"),
    "--pass": ("--pass-back",),
    "--fail": ("--fail-back", "--raised"),
    "--open": ("--open-back", "--paper", "--raised"),
    "--absent": ("--absent-back",),
    "--limit": ("--paper",),
}
MARKS_ON = {
    "--mark": ("--paper", "--band", "--miss"),
    "--limit": ("--miss", "--band"),
    "--rule-strong": ("--paper",),
}


@pytest.fixture
def style(reports_folder):
    return (reports_folder / "styles" / "report.css").read_text()


def themes(style):
    blocks = [
        dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6})", block))
        for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    ]
    light, dark = (block for block in blocks if "--paper" in block)
    return {"light": light, "dark": dark}


def luminance(colour):
    """Relative luminance of WCAG 2.2."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    high, low = sorted((luminance(first), luminance(second)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT_ON, 4.5), (MARKS_ON, 3.0)], ids=["text", "marks"])
def test_contrast_is_enough(style, theme, pairs, least):
    colours = themes(style)[theme]
    found = {(a, b): round(contrast(colours[a], colours[b]), 2) for a, backs in pairs.items() for b in backs}
    assert {pair: ratio for pair, ratio in found.items() if ratio < least} == {}


def test_every_colour_is_defined_in_both_themes_and_used_through_its_name(style):
    light, dark = themes(style).values()
    assert light.keys() == dark.keys()
    assert set(re.findall(r"var\((--[\w-]+)\)", style)) <= light.keys() | {"--sans", "--mono"}


def test_the_dark_theme_is_for_screens_only(style):
    assert "@media screen and (prefers-color-scheme: dark)" in style
    assert style.count("prefers-color-scheme") == 1
