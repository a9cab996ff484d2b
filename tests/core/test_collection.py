import gc

import pytest

from millwright.core.collection import paused_collection


def test_the_collector_is_paused_and_goes_on_even_after_an_error():
    with pytest.raises(ValueError, match="wrong"), paused_collection():
        assert not gc.isenabled()
        raise ValueError("wrong")
    assert gc.isenabled()


def test_a_collector_that_was_off_stays_off():
    gc.disable()
    try:
        with paused_collection():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
