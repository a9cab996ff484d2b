from millwright.capacity.assessment import assess
from millwright.catalogue.catalogue import load_catalogue
from millwright.results.verification import SignatureCheck


def test_an_assessment_joins_verdicts_and_capacity_of_one_run(rack_facility, rack_run):
    unsigned = SignatureCheck("unsigned", "nobody signed it")
    found = assess(rack_facility, rack_run, load_catalogue(), catalogue_sum="0" * 64, signature=unsigned)
    assert found.scorecard.run_id == rack_run.info.run_id
    assert {supply.partition for supply in found.capacity.supplies} == {"cpu"}
