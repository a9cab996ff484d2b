"""The network that jobs use."""

import pytest

from millwright.facility.topics.fabric import Fabric, FabricKind


@pytest.mark.parametrize("kind", FabricKind)
def test_only_ethernet_has_no_rdma(kind):
    assert Fabric(kind=kind).has_rdma is (kind is not FabricKind.ETHERNET)
