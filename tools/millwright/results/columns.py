"""Names of the columns of every table of samples."""

RUN = "run"
FACILITY = "facility"
PARTITION = "partition"
CHECK = "check"
METRIC = "metric"
NODE = "node"
DEVICE = "device"
REP = "rep"
VALUE = "value"
UNIT = "unit"
EMULATED = "emulated"

TYPES = {
    RUN: "string",
    FACILITY: "string",
    PARTITION: "string",
    CHECK: "string",
    METRIC: "string",
    NODE: "string",
    DEVICE: "string",
    REP: "int64",
    VALUE: "float64",
    UNIT: "string",
    EMULATED: "bool",
}
"""Every column, in order, with its pandas type."""

SERIES = [FACILITY, PARTITION, CHECK, METRIC, NODE, DEVICE]
"""The columns that together name one series of samples."""
