"""The same call again, with root's rights and the caller's home."""

from millwright.rack.escalation import sudo_argv


def test_the_callers_home_goes_along_and_secrets_do_not():
    environment = {"HOME": "/home/a b", "PATH": "/bin", "AWS_SECRET": "x", "MILLWRIGHT_HOME": "/src"}
    argv = sudo_argv(environment, ["/venv/python", "-m", "millwright", "rack", "up"])
    assert argv == [
        *("sudo", "-n", "env", "HOME=/home/a b", "MILLWRIGHT_HOME=/src", "PATH=/bin"),
        *("/venv/python", "-m", "millwright", "rack", "up"),
    ]
