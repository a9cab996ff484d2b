"""A machine that has everything, for tests to take things away from."""

import pytest

from millwright.doctor.machine import Machine


@pytest.fixture
def machine():
    return Machine(
        python="3.13.5",
        is_python_new_enough=True,
        wrong_packages=(),
        wrong_openssh=None,
        absent=(),
        is_root=True,
        can_install=True,
        rack_lacks=(),
        image_lacks=(),
        user_systemd="",
        is_checkout=True,
    )
