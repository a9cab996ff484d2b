"""A tunnel that is cut for a minute, under a session that was open before."""

import select
import subprocess
import threading
import time

from rack_console import cut_tunnel

CUT_S = 60


class Cut(threading.Thread):
    """Cuts a tunnel for a minute under an open session, and sees what becomes of it."""

    def __init__(self, home, gateway):
        super().__init__()
        self.home, self.gateway = home, gateway
        self.was_silent, self.answer, self.waited_s = False, b"", 0.0
        self.session = subprocess.Popen(
            home.command("ssh", home.alias, "cat"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            cwd="/",
        )

    def say(self, line):
        """What comes back of a line that is typed."""
        self.session.stdin.write(line)
        return self.session.stdout.readline()

    def run(self):
        with cut_tunnel(self.gateway):
            self.session.stdin.write(b"typed in the dark\n")
            self.was_silent = select.select([self.session.stdout], [], [], CUT_S)[0] == []
        healed = time.monotonic()
        self.answer = self.session.stdout.readline()
        self.waited_s = time.monotonic() - healed

    def end(self):
        """The session ends, and with it the wait in the dark; the tunnel is whole again."""
        self.session.kill()
        self.session.wait()
        if self.ident is not None:
            self.join()
