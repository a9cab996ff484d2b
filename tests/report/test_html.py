import dataclasses
import itertools
import json
import pickle
import re
import subprocess
import sys

import pytest

from millwright.report.content import sha256_of, to_json
from millwright.report.html import render_html

HOSTILE = {
    "script": "</title></style></script><script>alert(1)</script>",
    "attribute": "\" onmouseover=alert(1) x='y' `",
    "template": "{{ 7*7 }} {% raw %} {# #} }",
    "format": "{0} {name} {__class__} %s",
    "shell": "$(reboot); `id` && rm -rf ~ '\"",
    "comment": "<!-- --> ]]> <![CDATA[ <b>",
    "right-to-left": "אבג \u202egnp.exe\u2069\u2066",
    "long": "x" * 3000,
    "control": "a\x00b\x1b[31m\ud800",
    "link": "https://example.org/ <img src=https://example.org/x.png> <a href=javascript:alert(1)>",
}
FIXED = {
    "schema",
    "kind",
    "better",
    "verdict",
    "outcome",
    "signature",
    "generated",
    "state",
    "origin",
    "topic",
    "result",
}


def poison(value, text, field=""):
    """The same content with ``text`` in every field that holds free text."""
    if dataclasses.is_dataclass(value):
        changed = {f.name: poison(getattr(value, f.name), text, f.name) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **changed)
    if isinstance(value, tuple):
        return tuple(poison(item, text, field) for item in value)
    if isinstance(value, dict):
        return {key: poison(item, text, field) for key, item in value.items()}
    return text if isinstance(value, str) and value and field not in FIXED else value


def test_the_page_is_the_golden_one(small_content, reports_folder, golden):
    golden("small.html", render_html(small_content, reports_folder))


def test_equal_contents_make_equal_bytes_in_any_process(small_content, reports_folder, tmp_path):
    (tmp_path / "content").write_bytes(pickle.dumps(small_content))
    (tmp_path / "matplotlibrc").write_text("font.size: 30\nsvg.fonttype: path\naxes.grid: True\n")
    code = (
        "import pickle, sys; from pathlib import Path; from millwright.report.html import render_html\n"
        "page = render_html(pickle.loads(Path(sys.argv[1]).read_bytes()), Path(sys.argv[2]))\n"
        "sys.stdout.buffer.write(page.encode())"
    )
    environment = {"PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "LC_ALL": "C", "MATPLOTLIBRC": str(tmp_path)}
    environment["MPLCONFIGDIR"] = str(tmp_path)
    command = [sys.executable, "-c", code, str(tmp_path / "content"), str(reports_folder)]
    done = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert done.stdout.decode() == render_html(small_content, reports_folder)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_changes_no_element_and_no_attribute(small_content, reports_folder, read_page, text):
    page = read_page(render_html(poison(small_content, text), reports_folder))
    assert page.structure == read_page(render_html(poison(small_content, "word"), reports_folder)).structure
    assert json.loads(page.data) == json.loads(to_json(poison(small_content, text)))
    for tag, attributes in page.elements:
        assert tag not in {"img", "iframe", "object", "embed", "link", "form", "base"}
        assert not [name for name in attributes if name.startswith("on")]


def test_no_character_turns_or_hides_what_stands_around_it(small_content, reports_folder, read_page):
    for text in (HOSTILE["right-to-left"], HOSTILE["control"]):
        page = render_html(poison(small_content, text), reports_folder)
        assert not set(page) & {chr(c) for c in (0x00, 0x1B, 0x202E, 0xD800)}
        assert page.count("\u2068") == page.count("\u2069")
        assert "\ufffd" in page


@pytest.mark.parametrize("text", [HOSTILE["script"], HOSTILE["template"], HOSTILE["shell"]])
def test_hostile_text_is_shown_as_it_is(small_content, reports_folder, read_page, text):
    page = read_page(render_html(poison(small_content, text), reports_folder))
    assert page.texts.count(text) > 30


def test_hostile_text_in_commands_is_quoted(small_content, reports_folder, read_page):
    page = read_page(render_html(poison(small_content, HOSTILE["shell"]), reports_folder))
    commands = [text for text in page.texts if text.startswith(("millwright results verify", "cd "))]
    assert len(commands) == 2
    for command in commands:
        words = subprocess.run(["sh", "-nc", command], capture_output=True, check=False)
        assert words.returncode == 0
        assert "'$(reboot); `id` && rm -rf ~ '\"'\"'\"'" in command


def test_nothing_is_fetched_and_nothing_runs(small_content, reports_folder, read_page):
    text = render_html(poison(small_content, HOSTILE["link"]), reports_folder)
    page = read_page(text)
    for tag, attributes in page.elements:
        for name in ("src", "srcset", "href", "xlink:href", "action", "poster", "data"):
            assert attributes.get(name, "#").startswith("#"), (tag, name)
        if tag == "script":
            assert attributes["type"] == "application/json"
    styles = re.findall(r"<style>.*?</style>", text, re.DOTALL)
    styles += [attributes.get("style") or "" for _, attributes in page.elements]
    assert not any(re.search(r"@import|url\(|https?:", style) for style in styles)
    assert ("meta", ["content", "http-equiv"]) in page.structure


def test_a_page_of_very_many_samples_leaves_the_data_to_the_file(
    small_content, reports_folder, read_page, monkeypatch
):
    monkeypatch.setattr("millwright.report.html.MOST_EMBEDDED", 100)
    page = read_page(render_html(small_content, reports_folder))
    assert page.data == ""
    assert "script" not in {tag for tag, _ in page.elements}


def test_every_link_has_its_target_and_every_id_stands_once(small_content, reports_folder, read_page):
    page = read_page(render_html(small_content, reports_folder))
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    targets = {attributes["href"][1:] for _, attributes in page.elements if "href" in attributes}
    assert len(ids) == len(set(ids))
    assert targets - set(ids) == set()


def test_tables_have_captions_and_heads_with_scope_and_pictures_have_names(
    small_content, reports_folder, read_page
):
    page = read_page(render_html(small_content, reports_folder))
    tags = [tag for tag, _ in page.elements]
    assert tags.count("caption") == tags.count("table") > 6
    assert all(attributes.get("scope") for tag, attributes in page.elements if tag == "th")
    assert all(
        attributes.get("aria-labelledby") for tag, attributes in page.elements if tag in {"svg", "section"}
    )
    assert tags.count("h1") == tags.count("main") == tags.count("nav") == 1
    levels = [int(tag[1]) for tag in tags if re.fullmatch(r"h[1-6]", tag)]
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_a_verdict_is_a_word_and_a_sign_before_it_is_a_colour(small_content, reports_folder):
    text = render_html(small_content, reports_folder)
    badges = re.findall(
        r'<span class="verdict [a-z-]+"><span class="mark" aria-hidden="true">(.)</span>([A-Z ]+)</span>',
        text,
    )
    assert len(badges) == text.count('class="verdict ')
    assert len({sign for sign, _ in badges}) == len({word for _, word in badges}) == 4


def test_emulated_rows_say_so_wherever_they_stand(small_content, reports_folder):
    text = render_html(small_content, reports_folder)
    mark = r'(?:</bdi></a>|</bdi>) <span class="tag emulated"'
    assert len(re.findall(rf"Vector register length{mark}", text)) == 2
    assert len(re.findall(rf"Partition (?:<bdi>)?dare{mark}", text)) == 2
    assert "Values measured under emulation never enter a capacity figure." in text


def test_the_page_names_the_sum_of_its_json(small_content, reports_folder):
    assert sha256_of(to_json(small_content)) in render_html(small_content, reports_folder)


@pytest.mark.parametrize("signature", ["good", "unknown signer", "bad", "unsigned", "not checked"])
def test_every_state_of_the_signature_has_words(small_content, reports_folder, signature):
    origin = dataclasses.replace(
        small_content.provenance, signature=signature, signature_detail="ada, SHA256:x"
    )
    text = render_html(dataclasses.replace(small_content, provenance=origin), reports_folder)
    assert ("Do not rely on this report" in text) == (signature == "bad")


def test_a_run_that_measured_nothing_still_makes_a_whole_page(small_content, reports_folder, read_page):
    from millwright.report.decision import decide

    groups = tuple(dataclasses.replace(group, rows=()) for group in small_content.groups)
    origin = dataclasses.replace(small_content.provenance, evidence=(), sessions=())
    empty = dataclasses.replace(
        small_content,
        groups=groups,
        decision=decide(groups),
        capacity=(),
        excluded=(),
        missing=(),
        rejected=(),
        provenance=origin,
    )
    text = " ".join(read_page(render_html(empty, reports_folder)).texts)
    assert "The facility file expects no value here." in text
    assert "No measured quantity adds up to a capacity." in text


def test_a_group_that_a_limited_run_left_out_is_not_called_unexpected(
    small_content, reports_folder, read_page
):
    from millwright.report.content import LeftOut

    first, *others = small_content.groups
    limited = dataclasses.replace(
        small_content,
        groups=(dataclasses.replace(first, rows=()), *others),
        missing=(),
        left_out=(LeftOut(first.name, "Gemm", 4),),
    )
    text = " ".join(read_page(render_html(limited, reports_folder)).texts)
    assert "This run was not asked for any value here" in text
    assert "The facility file expects no value here." not in text
    assert "Every value that this limited run was asked for was measured." in text
    assert "Every expected value was measured on every node." not in text


def test_of_many_nodes_the_worst_are_drawn_and_the_rest_is_said(small_content, reports_folder, read_page):
    row = small_content.groups[0].rows[0]
    one = row.series[0]
    series = tuple(
        dataclasses.replace(
            one, node=f"n{i:04d}", estimate=dataclasses.replace(one.estimate, median=10 + i / 100)
        )
        for i in range(300)
    )
    series = (*series[:299], dataclasses.replace(series[299], verdict="FAIL"))
    group = dataclasses.replace(small_content.groups[0], rows=(dataclasses.replace(row, series=series),))
    text = " ".join(
        read_page(render_html(dataclasses.replace(small_content, groups=(group,)), reports_folder)).texts
    )
    assert "15 of 300 series are drawn" in text
    assert "all 300" in text
    assert "n0299" in text
    assert "n0013" in text
    assert "n0014" not in text


@pytest.mark.parametrize(("steps", "rest"), [(12, "and "), (13, "and 1 more"), (20, "and 8 more")])
def test_a_dozen_steps_are_listed_and_the_others_counted(
    small_content, reports_folder, read_page, steps, rest
):
    many = tuple(
        dataclasses.replace(small_content.decision.steps[0], check=f"Check{number:02d}")
        for number in range(steps)
    )
    decision = dataclasses.replace(small_content.decision, steps=many)
    page = render_html(dataclasses.replace(small_content, decision=decision), reports_folder)
    text = " ".join(read_page(page).texts)
    assert sum(f"Check{number:02d}" in text for number in range(steps)) == 12
    assert ("more; see the scorecard" in text) is (steps > 12)
    assert rest in text
