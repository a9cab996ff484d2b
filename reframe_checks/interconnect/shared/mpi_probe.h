/* What the MPI probes share: start, one reporting rank, the slowest rank's time. */
#ifndef MILLWRIGHT_MPI_PROBE_H
#define MILLWRIGHT_MPI_PROBE_H

#include <mpi.h>

#include "probe.h"

static int rank, ranks;

/* This rank's node: a launcher that places two ranks on one node would measure memory, not the network. */
static void require_own_node(void)
{
    enum { LENGTH = 256 };
    char mine[LENGTH] = "", other[LENGTH] = "";
    const char *slurm = getenv("SLURMD_NODENAME");
    if (slurm)
        snprintf(mine, LENGTH, "%s", slurm);
    else
        gethostname(mine, LENGTH - 1);
    int right = (rank + 1) % ranks, left = (rank + ranks - 1) % ranks;
    MPI_Sendrecv(mine, LENGTH, MPI_CHAR, right, 0, other, LENGTH, MPI_CHAR, left, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    if (strcmp(mine, other) == 0)
        probe_fail("two ranks run on %s, expected one a node", mine);
}

static void mpi_start(int *argc, char ***argv, int fewest, int most)
{
    MPI_Init(argc, argv);
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    if (ranks < fewest || ranks > most)
        probe_fail("started with %d ranks, expected %d to %d", ranks, fewest, most);
    require_own_node();
}

static void mpi_sample(const char *metric, double value, const char *unit, int rep)
{
    if (rank == 0)
        probe_sample(metric, value, unit, rep);
}

/* The slowest rank's time, which is what a caller waits for. */
static inline double slowest(double seconds)
{
    double most;
    MPI_Allreduce(&seconds, &most, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    return most;
}

static int mpi_done(void)
{
    MPI_Barrier(MPI_COMM_WORLD);
    if (rank == 0)
        probe_done();
    return MPI_Finalize() == MPI_SUCCESS ? 0 : 1;
}

#endif
