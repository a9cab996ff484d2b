"""What users build on, used within jobs: a module, a container without root, MPI between nodes."""

import shlex
import subprocess

import pytest

pytestmark = pytest.mark.rack

HELLO = r"""
#include <mpi.h>
#include <stdio.h>
int main(int count, char **words) {
  int rank, size, sum;
  MPI_Init(&count, &words);
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  MPI_Allreduce(&rank, &sum, 1, MPI_INT, MPI_SUM, MPI_COMM_WORLD);
  printf("%d of %d, sum %d\n", rank, size, sum);
  return MPI_Finalize();
}
"""
CONTAINER = """\
cd "$(mktemp -d)"
for name in bin sbin lib lib64; do ln -s usr/$name $name; done
tar -c . | podman import --quiet - trial >/dev/null
podman run --rm --network none --volume /usr:/usr:ro trial sh -c 'test -e /run/.containerenv && id -u; exit 7'
code=$?
podman rmi trial >/dev/null
exit $code
"""


@pytest.fixture(scope="module")
def as_user(provisioned_rack):
    """Run a shell command on the login node as the user under whom checks run."""

    def run(command, given=""):
        words = ["runuser", "-u", "mwbench", "--", "sh", "-c", command]
        return subprocess.run(
            ["ssh", "-F", str(provisioned_rack.ssh_config), "rack-login", shlex.join(words)],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    return run


def test_a_module_is_loaded_within_a_job(as_user):
    job = "module load facility && module list 2>&1 && echo facility=$FACILITY_NAME"
    done = as_user(f"srun --partition=cpu --chdir=/tmp bash -lc {shlex.quote(job)}")
    assert done.returncode == 0, done.stderr
    assert "facility/1.0" in done.stdout
    assert "facility=rack" in done.stdout.splitlines()


def test_a_module_that_is_not_there_is_an_error_within_a_job(as_user):
    done = as_user("srun --partition=cpu --chdir=/tmp bash -lc 'module load no-such-module'")
    assert done.returncode != 0
    assert "no-such-module" in done.stderr


def test_a_container_runs_without_root_within_a_job_and_its_exit_code_is_the_jobs(as_user):
    done = as_user("srun --partition=cpu --chdir=/tmp sh -c " + shlex.quote(CONTAINER))
    assert done.returncode == 7, done.stderr
    assert done.stdout.splitlines()[-1] == "0"
    outside = as_user("srun --partition=cpu --chdir=/tmp sh -c 'ls /run/.containerenv'")
    assert outside.returncode != 0


def test_mpi_processes_on_two_nodes_add_up_their_ranks(as_user, provisioned_rack):
    ssh = ["ssh", "-F", str(provisioned_rack.ssh_config), "rack-login"]
    folder = "/scratch/mpi-hello"
    subprocess.run([*ssh, f"install -d -o mwbench {folder}"], check=True)
    try:
        built = as_user(f"mpicc -x c -o {folder}/hello -", HELLO)
        assert built.returncode == 0, built.stderr
        done = as_user(f"srun --partition=cpu --nodes=2 --chdir={folder} --mpi=pmix ./hello")
        assert done.returncode == 0, done.stderr
        assert sorted(done.stdout.splitlines()) == ["0 of 2, sum 1", "1 of 2, sum 1"]
    finally:
        subprocess.run([*ssh, f"rm -r {folder}"], check=True)
