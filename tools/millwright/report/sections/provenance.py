"""Where the numbers come from, how they were computed, and how anyone can check that; lines to sign on."""

import shlex
from collections.abc import Iterator, Mapping

from millwright.report.blocks import (
    Block,
    Cell,
    Column,
    Fact,
    Facts,
    Heading,
    Items,
    Moment,
    Number,
    Paragraph,
    Row,
    RowGroup,
    Signatures,
    Table,
    Text,
    table,
)
from millwright.report.content import Provenance, sha256_of, to_json
from millwright.report.section import Section, SectionContext


def build(page: SectionContext) -> Iterator[Block]:
    """Run, sessions, programs, method, commands that verify, and the evidence files with their sums."""
    origin = page.content.provenance
    made = page.say("footer.made", version=origin.rendered_by, run=page.content.run_id)
    yield Paragraph(made, "intro")
    yield Heading(page.word("provenance.run"))
    yield _run(page, origin)
    yield from _sessions(page, origin)
    yield from _mapping(page, "machine", origin.host)
    yield from _mapping(page, "versions", origin.versions)
    yield Heading(page.word("provenance.method"))
    methods = page.words["provenance"]["methods"].values()
    lines = [f"{method['name']}. {method['says']}" for method in methods]
    lines += [f"{verdict['name']}. {verdict['means']}" for verdict in page.words["verdicts"].values()]
    yield Items(tuple(Cell(Text(line)) for line in lines))
    yield from _commands(page, origin)
    yield from _evidence(page, origin)


def _run(page: SectionContext, origin: Provenance) -> Facts:
    def code(text: str) -> Cell:
        return Cell(Text(text, is_code=True))

    word = page.word
    state = word(f"provenance.signatures.{origin.signature}")
    signature = f"{state}: {origin.signature_detail}" if origin.signature_detail else state
    return Facts(
        "run",
        (
            Fact(word("document.run"), code(page.content.run_id)),
            Fact(word("provenance.started"), Cell(Moment(origin.started))),
            Fact(word("provenance.finished"), Cell(Moment(origin.finished))),
            Fact(word("provenance.folder"), code(origin.run_folder)),
            Fact(word("provenance.manifest"), code(origin.manifest_sha256)),
            Fact(word("provenance.signature"), Cell(Text(signature))),
            Fact(word("provenance.facility_file"), code(origin.facility_file)),
            Fact(word("provenance.facility_hash"), code(origin.facility_sha256)),
            Fact(word("provenance.catalogue_hash"), code(origin.catalogue_sha256)),
            Fact(word("provenance.content_hash"), code(sha256_of(to_json(page.content)))),
        ),
    )


def _sessions(page: SectionContext, origin: Provenance) -> Iterator[Block]:
    yield Heading(page.word("provenance.sessions"))
    yield table(
        "sessions",
        page.word("provenance.sessions_caption"),
        (
            Column(page.word("provenance.seat"), width=12),
            Column(page.word("provenance.host"), width=11, is_brief=True),
            Column(page.word("provenance.session"), width=26),
            Column("ReFrame", width=9, is_brief=True),
            Column(page.word("provenance.started"), width=17),
            Column(page.word("provenance.finished"), width=17),
            Column(page.word("provenance.cases"), "number", 8),
        ),
        (
            Row(
                (
                    Cell(Text(each.seat)),
                    Cell(Text(each.host)),
                    Cell(Text(each.id, is_code=True)),
                    Cell(Text(each.reframe)),
                    Cell(Moment(each.started)),
                    Cell(Moment(each.finished)),
                    Cell(Number(each.cases)),
                )
            )
            for each in origin.sessions
        ),
    )


def _mapping(page: SectionContext, name: str, values: Mapping[str, str]) -> Iterator[Block]:
    heads = {"machine": ("fact", "value"), "versions": ("program", "version")}[name]
    yield Heading(page.word(f"provenance.{name}"))
    yield table(
        name,
        page.word(f"provenance.{name}_caption"),
        (
            Column(page.word(f"provenance.{heads[0]}"), width=30),
            Column(page.word(f"provenance.{heads[1]}"), width=70),
        ),
        (Row((Cell(Text(key)), Cell(Text(value)))) for key, value in values.items()),
    )


def _commands(page: SectionContext, origin: Provenance) -> Iterator[Block]:
    facility, run = shlex.quote(page.content.facility), shlex.quote(page.content.run_id)
    commands = {
        "verify_manifest": f"millwright results verify {facility} {run}",
        "verify_sums": f"cd {shlex.quote(origin.run_folder)} && sha256sum -c MANIFEST.sha256",
        "verify_report": "sha256sum report.json",
        "verify_line": f"millwright results show {facility} {run} --at FILE:LINE",
    }
    yield Heading(page.word("provenance.verify"))
    yield Paragraph(page.word("provenance.verify_intro"), "intro")
    yield Facts(
        "commands",
        tuple(
            Fact(page.word(f"provenance.{key}"), Cell(Text(command, is_code=True)))
            for key, command in commands.items()
        ),
    )


def _evidence(page: SectionContext, origin: Provenance) -> Iterator[Block]:
    yield Heading(page.word("provenance.evidence"))
    if not origin.evidence:
        yield Paragraph(page.word("provenance.none_evidence"))
        return
    yield Paragraph(page.word("provenance.evidence_intro"), "intro")
    absent = page.word("provenance.not_in_manifest")
    yield Table(
        "evidence",
        page.word("provenance.evidence_caption"),
        (
            Column(page.word("provenance.evidence_number"), width=5),
            Column(page.word("provenance.file"), width=48),
            Column(page.word("provenance.sha256"), width=47),
        ),
        (
            RowGroup(
                tuple(
                    Row(
                        (
                            Cell(Text(f"E{number}")),
                            Cell(Text(each.path, is_code=True)),
                            Cell(Text(each.sha256 or absent, is_code=bool(each.sha256))),
                        ),
                        anchor=f"e{number}",
                    )
                    for number, each in enumerate(origin.evidence, start=1)
                )
            ),
        ),
        hide_caption=True,
        style="evidence",
    )


def sign(page: SectionContext) -> Iterator[Block]:
    """A place for each party to sign."""
    manifest = page.content.provenance.manifest_sha256
    yield Paragraph(page.say("signatures.intro", run=page.content.run_id, manifest=manifest), "intro")
    words = page.words["signatures"]
    fields = tuple(str(words[key]) for key in ("name", "role", "date", "sign"))
    yield Signatures(tuple(map(str, words["roles"])), fields)


SECTION = Section("provenance", build)
SIGNATURES = Section("signatures", sign)
