"""The hardware catalogue: what is published about each part, with source and kind."""

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import Field, ValidationError

from millwright.catalogue.fact import Fact
from millwright.core.errors import BadInputError, Problem
from millwright.core.frozen import Frozen
from millwright.core.places import product_root


class Memory(Frozen):
    """A part's own memory."""

    gb: Fact | None = None
    type: Fact | None = None
    bw_tb_s: Fact | None = None


class Part(Frozen):
    """One accelerator or processor."""

    vendor: str
    name: str
    arch: str
    kind: str
    peak_dense_tflops: dict[str, Fact | None]
    """Dense peak by precision, in TFLOP/s (`int8_tops` in TOP/s)."""
    memory: Memory
    power_w: Fact | None = None
    scale_up: dict[str, Any] | None = None
    host_link: Fact | str | None = None
    measured: dict[str, Fact | None] = Field(default={})
    cores: Fact | None = None
    clock_ghz: Fact | None = None
    vector: Fact | None = None
    process: Fact | None = None
    role: Fact | None = None
    status: Fact | None = None
    funding: Fact | None = None
    warning: str | None = None
    stage: Literal["shipping", "announced", "test chip"] = "shipping"
    """Figures of a part that nobody can buy may be shown, but nothing is measured against them."""
    custom: bool = False
    """Made for one machine: figures of the part of the same name in the catalogues do not hold."""
    dies: int = Field(default=1, ge=1)
    """Devices that jobs see of one part."""

    def peak(self, precision: str) -> Fact | None:
        """Dense peak; None if it is not known."""
        return self.peak_dense_tflops.get(precision)

    def scale_up_fact(self, key: str) -> Fact | None:
        """A published figure of its links to others of its kind; None if there is none."""
        found = (self.scale_up or {}).get(key)
        return Fact.model_validate(found) if isinstance(found, dict) else None


class Catalogue(Frozen):
    """Every known part by key."""

    meta: dict[str, str]
    sources: dict[str, str]
    accelerators: dict[str, Part] = Field(min_length=1)


def catalogue_file() -> Path:
    """The catalogue that ships with the product."""
    return product_root() / "inventories" / "catalogue" / "accelerators.yaml"


def load_catalogue(path: Path | None = None) -> Catalogue:
    """Read the catalogue; raises :exc:`BadInputError` with every problem."""
    file = path or catalogue_file()
    try:
        return Catalogue.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")))
    except (OSError, yaml.YAMLError) as error:
        raise BadInputError(
            [Problem(str(file), "-", f"can't be read: {error}", "the hardware catalogue", code="MW1801")]
        ) from error
    except ValidationError as error:
        raise BadInputError(
            Problem(str(file), ".".join(map(str, item["loc"])), item["msg"], code="MW1802")
            for item in error.errors()
        ) from error
