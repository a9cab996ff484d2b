"""What ``scontrol`` would print of a rendered slurm.conf and topology.conf, and what they mean."""

from millwright.core.node_sets import expand
from millwright.core.slurm_text import read_line

LINES = ("NodeName=", "PartitionName=", "SlurmctldHost=")
AS_PRINTED = {"Feature": "AvailableFeatures"}
ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
NO_LIMIT = {"State": "UP", "Default": "NO"}


def _lines(conf):
    return [line.strip() for line in conf.splitlines() if line.strip() and not line.startswith("#")]


def _records(conf, first):
    return [dict(read_line(line).values) for line in _lines(conf) if line.startswith(f"{first}=")]


def answers(conf, topology):
    """Captured answers by file name."""
    settings = [line.replace("=", " = ", 1) for line in _lines(conf) if not line.startswith(LINES)]
    hosts = [line.partition("=")[2] for line in _lines(conf) if line.startswith("SlurmctldHost=")]
    settings += [f"SlurmctldHost[{index}] = {host}" for index, host in enumerate(hosts)]
    partitions = _records(conf, "PartitionName")
    of_node = {}
    for partition in partitions:
        for node in expand(partition["Nodes"]):
            of_node.setdefault(node, []).append(partition["PartitionName"])
    nodes = []
    for record in _records(conf, "NodeName"):
        words = record["Feature"].split(",")
        kernel = next((word for word in words if word in ARCHITECTURES), "x86_64")
        kernel = "x86_64" if "emulated" in words else kernel
        rest = " ".join(
            f"{AS_PRINTED.get(key, key)}={value}"
            for key, value in record.items()
            if key not in ("NodeName", "State")
        )
        nodes += [
            f"NodeName={node} Arch={kernel} {rest} Partitions={','.join(of_node.get(node, []))} State=IDLE"
            for node in expand(record["NodeName"])
        ]
    shown = [" ".join(f"{'QoS' if k == 'QOS' else k}={v}" for k, v in p.items()) for p in partitions]
    return {
        "hostname.txt": "adm1\n",
        "user.txt": "root\n",
        "virtualisation.txt": "none\n",
        "scontrol-config.txt": "\n".join(settings),
        "scontrol-nodes.txt": "\n".join(nodes),
        "scontrol-partitions.txt": "\n".join(shown),
        "scontrol-topology.txt": "\n".join(_topology(topology)),
    }


def _topology(text):
    sizes = next((line.partition("=")[2] for line in _lines(text) if line.startswith("BlockSizes=")), "")
    for line in _lines(text):
        if line.startswith("BlockName="):
            yield f"{line} BlockSize={sizes.split(',')[0]}" if sizes else line
        elif not line.startswith("BlockSizes="):
            yield line


def meaning(conf):
    """Settings by lower-case name, nodes and partitions, each apart from how sets are folded."""
    settings = {}
    for line in _lines(conf):
        key, _, value = line.partition("=")
        if line.startswith("SlurmctldHost="):
            settings.setdefault("slurmctldhost", []).append(value)
        elif not line.startswith(LINES):
            settings[key.lower()] = value
    nodes = {
        node: {**record, "NodeName": node, "Feature": sorted(record["Feature"].split(","))}
        for record in _records(conf, "NodeName")
        for node in expand(record["NodeName"])
    }
    partitions = {
        record["PartitionName"]: {
            key: sorted(expand(value)) if key == "Nodes" else value
            for key, value in record.items()
            if key != "TRESBillingWeights" and NO_LIMIT.get(key) != value
        }
        for record in _records(conf, "PartitionName")
    }
    return {"settings": settings, "nodes": nodes, "partitions": partitions}


def differences(before, after):
    """What differs, by kind and name: what it was and what it became."""
    return {
        f"{kind} {name}": (before[kind].get(name), after[kind].get(name))
        for kind in before
        for name in {**before[kind], **after[kind]}
        if before[kind].get(name) != after[kind].get(name)
    }
