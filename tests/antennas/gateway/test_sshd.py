"""The gateway's sshd: what the drop-in says is what sshd is later asked about."""

from millwright.antennas.gateway.sshd import expected_for_jump, jump_only_config


def settings_of(text, section):
    """Keywords of one section of the text, in lower case."""
    body = text.split(section, maxsplit=1)[1].split("\nMatch", maxsplit=1)[0]
    return {line.split()[0].lower(): " ".join(line.split()[1:]) for line in body.splitlines() if line.strip()}


def test_the_drop_in_reads_as_expected(golden):
    golden("10-antenna.conf", jump_only_config("10.92.0.1"))


def test_what_sshd_is_asked_about_stands_in_the_drop_in():
    text = jump_only_config("10.92.0.1")
    everyone = settings_of(text, "overwritten.")
    jump = settings_of(text, "Match User jump")
    for key, value in expected_for_jump("10.92.0.1").items():
        assert {**everyone, **jump}[key] == value


def test_only_the_jump_account_trusts_the_user_ca():
    text = jump_only_config("10.92.0.1")
    assert text.count("TrustedUserCAKeys") == 1
    assert "trustedusercakeys" in settings_of(text, "Match User jump")
