"""Published runs beside the model: what agrees, and what is declared to be outside."""

from millwright.simulate.goodput.consistency import compare, published_runs


def test_all_published_runs_agree_but_the_one_that_is_outside_the_model():
    found = {run.name: compare(run) for run in published_runs()}
    outside = {name for name, each in found.items() if each.result != "consistent"}
    assert outside == {"RSC, 1,024 accelerators"}
    assert round(found["RSC, 1,024 accelerators"].model, 1) == 28.8
    llama = found["Llama 3, interruptions"]
    assert (llama.low, llama.high) == (379, 460)
    assert found["Llama 3, effective time"].model > 0.9
    assert found["Gemini, storage to copies in memory"].model > 0.95
