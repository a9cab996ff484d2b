"""A controller in memory that holds drains and reservations, as Slurm would."""

import json

from millwright.core.errors import FailedError, NotTestableError
from millwright.core.node_sets import expand


class StandIn:
    """``Controller`` for tests; `jobs` counts on which nodes a user's job could have started."""

    def __init__(self, names):
        self.nodes = {name: {"states": {"IDLE"}, "reason": "", "by": ""} for name in names}
        self.reservations = {}
        self.told_of = {}
        """What Slurm tells of a reservation beside its nodes."""
        self.opened = []
        self.silent = False

    def run(self, argv):
        if self.silent:
            raise NotTestableError("the controller did not answer", code="MW9001")
        match list(argv):
            case ["scontrol", "show", "nodes", "--json"]:
                return self._show()
            case ["scontrol", "update", target, *settings] if target.startswith("nodename="):
                self._update(expand(target.removeprefix("nodename=")), settings)
            case ["scontrol", "create", "reservation", name, *settings]:
                wanted = set(expand(dict(pair.split("=", 1) for pair in settings)["nodes"]))
                if any(wanted & nodes for nodes in self.reservations.values()):
                    raise FailedError(
                        "Requested reservation overlaps with another reservation", code="MW9001"
                    )
                self.reservations[name.removeprefix("reservationname=")] = wanted
            case ["scontrol", "update", name, *_] if name.startswith("reservationname="):
                pass
            case ["scontrol", "delete", name]:
                if self.reservations.pop(name.removeprefix("reservationname="), None) is None:
                    raise FailedError("Requested reservation is invalid", code="MW9001")
            case ["scontrol", "--oneliner", "show", "reservation"]:
                return "".join(
                    f"ReservationName={name} Nodes={','.join(sorted(nodes))} {self.told_of.get(name, '')}\n"
                    for name, nodes in self.reservations.items()
                )
            case other:
                raise AssertionError(other)
        self._note_open()
        return ""

    def admin_drains(self, name, reason):
        self.nodes[name]["states"].add("DRAIN")
        self.nodes[name].update(reason=reason, by="root")

    def open_nodes(self):
        """Nodes on which any user's job may start now."""
        kept = {node for nodes in self.reservations.values() for node in nodes}
        return {
            name for name, node in self.nodes.items() if "DRAIN" not in node["states"] and name not in kept
        }

    def reason(self, name):
        return self.nodes[name]["reason"]

    def _note_open(self):
        self.opened.append(self.open_nodes())

    def _update(self, names, settings):
        told = dict(pair.split("=", 1) for pair in settings)
        for name in names:
            if told["state"] == "drain":
                self.nodes[name]["states"].add("DRAIN")
                self.nodes[name].update(reason=told["reason"], by="slurm")
            elif told["state"] == "undrain":
                self.nodes[name]["states"].discard("DRAIN")
                self.nodes[name].update(reason="", by="")
            else:
                raise AssertionError(told)

    def _show(self):
        records = [
            {
                "name": name,
                "state": sorted(node["states"]),
                "reason": node["reason"],
                "reason_set_by_user": node["by"],
                "reason_changed_at": {
                    "set": True,
                    "infinite": False,
                    "number": 1764000000 if node["reason"] else 0,
                },
                "partitions": ["cpu"],
            }
            for name, node in self.nodes.items()
        ]
        return json.dumps({"nodes": records})
