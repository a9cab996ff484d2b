"""The operations of ``alterations.yaml`` on a facility's runs, and what a forger with the key does then."""

import json
import os
import shutil
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from millwright.adapters.openssh.signatures import NAMESPACE, sign_file
from millwright.core.errors import BadInputError
from millwright.results.begun import begun_file, read_begun
from millwright.results.manifest import MANIFEST, sum_file, write_sums
from millwright.results.records import from_json, to_json
from millwright.results.run_info import RunInfo
from millwright.results.samples import collect
from millwright.results.samples_file import read_samples, write_samples

SAMPLES = "samples.parquet"


class Forger:
    """Alters the runs below ``place``; ``keys`` are the private keys by the names that the cases use."""

    def __init__(self, place: Path, names: dict[str, str], keys: dict[str, Path]) -> None:
        self.place, self.names, self.keys = place, {**names, "samples": SAMPLES}, keys

    def alter(self, operations: list[dict[str, object]]) -> None:
        for operation in operations:
            (verb, target), *more = operation.items()
            path = self.place / str(target).format(**self.names)
            _writable(self.place)
            before = _state(self.place)
            getattr(self, f"do_{verb}")(path, **dict(more))
            assert _state(self.place) != before, f"{operation} changed nothing"

    def seal(self, run: Path) -> None:
        """Make begun record, manifest and signatures fit the run as it is now."""
        record = begun_file(self.place, run.name)
        if not run.is_dir():
            return
        with suppress(BadInputError, OSError):  # a run that cannot be read keeps its record
            info = from_json(RunInfo, (run / "run.json").read_text(), "run.json")
            begun = replace(
                read_begun(record),
                facility=info.facility,
                number=info.number or 0,
                previous=info.previous,
                started=info.started,
                expected=info.expected,
                facility_sha256=sum_file(run / "facility.yaml") if (run / "facility.yaml").exists() else "",
            )
            record.write_text(to_json(begun))
            self.do_sign(record, key="operator")
        self.do_sum(run)
        self.do_sign(run / MANIFEST, key="operator")

    def do_set(self, path: Path, key: str, to: object) -> None:
        found = json.loads(path.read_text())
        *parents, last = key.split(".")
        holder = found
        for part in parents:
            holder = holder[int(part)] if isinstance(holder, list) else holder[part]
        holder[last] = to
        path.write_text(json.dumps(found) + "\n")

    def do_declare(self, path: Path, check: str, key: str, to: object) -> None:
        """State something else of a check in ``checks.json``."""
        found = json.loads(path.read_text())
        for declaration in found["checks"]:
            if declaration["name"] == check:
                *parents, last = key.split(".")
                holder = declaration
                for part in parents:
                    holder = holder[part]
                holder[last] = to
        path.write_text(json.dumps(found) + "\n")

    def do_undeclare(self, path: Path, check: str) -> None:
        found = json.loads(path.read_text())
        found["checks"] = [each for each in found["checks"] if each["name"] != check]
        path.write_text(json.dumps(found) + "\n")

    def do_drop_expected(self, path: Path, **match: str) -> None:
        found = json.loads(path.read_text())
        kept = [each for each in found["expected"] if any(each[key] != match[key] for key in match)]
        path.write_text(json.dumps(found | {"expected": kept}) + "\n")

    def do_replace(self, path: Path, old: str, new: str) -> None:
        path.write_text(path.read_text().replace(old, new))

    def do_cut(self, path: Path, to: int) -> None:
        os.truncate(path, to)

    def do_append(self, path: Path, text: str) -> None:
        path.write_text(path.read_text() + text)

    def do_write(self, path: Path, text: str) -> None:
        path.write_text(text)

    def do_delete(self, path: Path) -> None:
        shutil.rmtree(path) if path.is_dir() else path.unlink()

    def do_copy(self, path: Path, to: str) -> None:
        target = self.place / to.format(**self.names)
        shutil.copytree(path, target) if path.is_dir() else shutil.copyfile(path, target)

    def do_link(self, path: Path, to: str) -> None:
        path.unlink(missing_ok=True)
        path.symlink_to(to)

    def do_folder(self, path: Path) -> None:
        path.unlink()
        path.mkdir()

    def do_pipe(self, path: Path) -> None:
        path.unlink()
        os.mkfifo(path)

    def do_cut_line(self, path: Path) -> None:
        path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))

    def do_double_line(self, path: Path) -> None:
        lines = path.read_text().splitlines(keepends=True)
        path.write_text("".join([lines[0], *lines]))

    def do_sign(self, path: Path, key: str, namespace: str = NAMESPACE) -> None:
        path.with_name(f"{path.name}.sig").unlink(missing_ok=True)
        sign_file(path, self.keys[key], namespace)

    def do_sum(self, run: Path) -> None:
        manifest = run / MANIFEST
        if manifest.is_symlink() or manifest.exists():
            manifest.unlink()
        files = [path for path in run.rglob("*") if path.is_file() and not path.name.startswith(MANIFEST)]
        manifest.write_text(write_sums({str(path.relative_to(run)): sum_file(path) for path in files}))

    def do_samples(self, run: Path, **change: object) -> None:
        """Multiply the values (of the ``first`` lines), drop the last lines, or rename in a column."""
        found = list(read_samples(run / SAMPLES, "rack"))
        if "times" in change:
            first = int(str(change.get("first", len(found))))
            factor = float(str(change["times"]))
            found[:first] = [replace(each, value=each.value * factor) for each in found[:first]]
        if "drop" in change:
            found = found[: -int(str(change["drop"]))]
        if "column" in change:
            name = str(change["column"])
            found = [
                replace(each, **{name: change["to"]}) if getattr(each, name) == change["from"] else each
                for each in found
            ]
        write_samples(replace(collect(found), facility="rack"), run / SAMPLES)

    def do_forge(self, run: Path) -> None:
        """Better a value in the raw output and in the samples that come from it."""
        raw = run / "sessions/rack-login/raw/rack/cpu/gnu/MemoryBandwidth/rfm_job.out"
        raw.write_text(raw.read_text().replace('"value": 10.0,', '"value": 90.0,'))
        found = [
            replace(each, value=90.0) if (each.check, each.value) == ("MemoryBandwidth", 10.0) else each
            for each in read_samples(run / SAMPLES, "rack")
        ]
        write_samples(collect(found), run / SAMPLES)

    def do_foreign(self, path: Path) -> None:
        """Store the second run's copy as one that says it is of another facility."""
        shutil.copytree(self.place / self.names["run"], path)
        self.do_set(path / "run.json", "facility", "otherfactory")
        self.do_set(path / "run.json", "run_id", path.name)
        self.do_sum(path)
        self.do_sign(path / MANIFEST, "operator")


def _writable(place: Path) -> None:
    for path in place.rglob("*"):
        if path.is_file() and not path.is_symlink():
            path.chmod(0o644)


def _state(place: Path) -> dict[str, object]:
    def of(path: Path) -> object:
        if path.is_symlink():
            return str(path.readlink())
        return path.read_bytes() if path.is_file() else path.lstat().st_mode

    return {str(path): of(path) for path in sorted(place.rglob("*"))}
