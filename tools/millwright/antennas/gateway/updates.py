"""What a gateway does by itself: it keeps its log, and takes security updates and nothing else."""

AUDIT_FILE = "/etc/systemd/journald.conf.d/10-millwright.conf"
UPDATES_FILE = "/etc/apt/apt.conf.d/52millwright"
UPDATE_TIMERS = ("apt-daily.timer", "apt-daily-upgrade.timer")

AUDIT_CONFIG = """\
# Made by antennas/deploy.py; changes here are overwritten.
# Who entered when and to where (sshd's log) outlives a restart; the oldest goes first.
[Journal]
Storage=persistent
SystemMaxUse=1G
MaxRetentionSec=1year
RateLimitIntervalSec=30s
RateLimitBurst=50000
"""


def updates_config(reboot_at: str | None) -> str:
    """Settings of ``unattended-upgrades``: security updates alone, and a restart only where one is declared.

    The distribution's own file also names its other updates; its list is cleared first.
    """
    reboot = (
        'Unattended-Upgrade::Automatic-Reboot "false";'
        if reboot_at is None
        else f'Unattended-Upgrade::Automatic-Reboot "true";\n'
        f'Unattended-Upgrade::Automatic-Reboot-Time "{reboot_at}";\n'
        'Unattended-Upgrade::Automatic-Reboot-WithUsers "true";'
    )
    return f"""\
// Made by antennas/deploy.py from facility.yaml; changes here are overwritten.
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
#clear Unattended-Upgrade::Origins-Pattern;
#clear Unattended-Upgrade::Allowed-Origins;
Unattended-Upgrade::Origins-Pattern {{
    "origin=Debian,codename=${{distro_codename}},label=Debian-Security";
    "origin=Debian,codename=${{distro_codename}}-security,label=Debian-Security";
    "origin=Ubuntu,archive=${{distro_codename}}-security";
}};
{reboot}
"""
