/* All-reduce (sum of doubles) over all ranks: time for 8 bytes, and bus bandwidth for 4 MiB.
 * Bus bandwidth is bytes / time x 2 (n - 1) / n for n ranks, the traffic that each link must carry
 * (https://github.com/NVIDIA/nccl-tests/blob/master/doc/PERFORMANCE.md). Each time is the slowest rank's.
 * Sums of whole numbers are exact, so every element is compared exactly.
 */
#include "mpi_probe.h"

enum { SMALL = 1, SMALL_CALLS = 200, LARGE = (4 << 20) / sizeof(double), LARGE_CALLS = 5 };

static double *input, *output;

/* Seconds of one call, of the slowest rank, over `calls` calls of `count` doubles. */
static double all_reduce(int count, int calls, int rep)
{
    for (int i = 0; i < count; i++) {
        input[i] = (double)(rank + 1) * (i % 1000 + 1) + rep;
        output[i] = NAN;
    }
    MPI_Barrier(MPI_COMM_WORLD);
    double start = probe_now();
    for (int call = 0; call < calls; call++)
        MPI_Allreduce(input, output, count, MPI_DOUBLE, MPI_SUM, MPI_COMM_WORLD);
    double seconds = slowest(probe_now() - start) / calls;
    double shares = 0.5 * ranks * (ranks + 1.0);
    for (int i = 0; i < count; i++)
        if (!(output[i] == shares * (i % 1000 + 1) + (double)rep * ranks))
            probe_fail("element %d of the sum is %.17g on rank %d in repetition %d", i, output[i], rank, rep);
    return seconds;
}

int main(int argc, char **argv)
{
    mpi_start(&argc, &argv, 2, 1 << 20);
    input = malloc(LARGE * sizeof *input), output = malloc(LARGE * sizeof *output);
    if (!input || !output)
        probe_fail("no memory for two arrays of %zu doubles", (size_t)LARGE);
    for (int rep = -WARM_UPS; rep < probe_repetitions(); rep++)
        mpi_sample("small_time", 1e6 * all_reduce(SMALL, SMALL_CALLS, rep), "us", rep);
    for (int rep = -WARM_UPS; rep < probe_repetitions(); rep++) {
        double bytes = LARGE * sizeof(double) * 2.0 * (ranks - 1) / ranks;
        mpi_sample("large_bus_bw", 1e-9 * bytes / all_reduce(LARGE, LARGE_CALLS, rep), "GB/s", rep);
    }
    return mpi_done();
}
