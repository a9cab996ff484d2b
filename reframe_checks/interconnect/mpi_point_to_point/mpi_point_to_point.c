/* Half round trip of 8 bytes, and a stream of windows of 1 MiB messages, between two ranks.
 * The content of every message is checked. Bandwidth counts payload in one direction.
 */
#include <stdint.h>

#include "mpi_probe.h"

enum { ROUND_TRIPS = 500, MESSAGE = 1 << 20, WINDOW = 16, WINDOWS = 2 };

static void measure_latency(int rep)
{
    int64_t ball = 0;
    MPI_Barrier(MPI_COMM_WORLD);
    double start = probe_now();
    for (int64_t i = 0; i < ROUND_TRIPS; i++) {
        if (rank == 0) {
            ball = i;
            MPI_Send(&ball, sizeof ball, MPI_BYTE, 1, 0, MPI_COMM_WORLD);
            MPI_Recv(&ball, sizeof ball, MPI_BYTE, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            if (ball != ~i)
                probe_fail("round trip %ld came back wrong in repetition %d", (long)i, rep);
        } else {
            MPI_Recv(&ball, sizeof ball, MPI_BYTE, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
            ball = ~ball;
            MPI_Send(&ball, sizeof ball, MPI_BYTE, 0, 0, MPI_COMM_WORLD);
        }
    }
    mpi_sample("latency", 1e6 * (probe_now() - start) / (2 * ROUND_TRIPS), "us", rep);
}

/* The byte at an offset of a message: different in every repetition, window slot and place. */
static unsigned char pattern(int rep, int slot, int offset)
{
    return (unsigned char)(131 * rep + 31 * slot + offset + (offset >> 8));
}

static void measure_bandwidth(unsigned char *buffer, int rep)
{
    MPI_Request requests[WINDOW];
    char received = 0;
    for (int slot = 0; slot < WINDOW; slot++)
        for (int i = 0; i < MESSAGE; i++)
            buffer[(size_t)slot * MESSAGE + i] = rank == 0 ? pattern(rep, slot, i) : 0;
    MPI_Barrier(MPI_COMM_WORLD);
    double start = probe_now();
    for (int window = 0; window < WINDOWS; window++) {
        for (int slot = 0; slot < WINDOW; slot++) {
            unsigned char *message = buffer + (size_t)slot * MESSAGE;
            if (rank == 0)
                MPI_Isend(message, MESSAGE, MPI_BYTE, 1, slot, MPI_COMM_WORLD, &requests[slot]);
            else
                MPI_Irecv(message, MESSAGE, MPI_BYTE, 0, slot, MPI_COMM_WORLD, &requests[slot]);
        }
        MPI_Waitall(WINDOW, requests, MPI_STATUSES_IGNORE);
        if (rank == 0)
            MPI_Recv(&received, 1, MPI_BYTE, 1, WINDOW, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        else
            MPI_Send(&received, 1, MPI_BYTE, 0, WINDOW, MPI_COMM_WORLD);
    }
    double seconds = probe_now() - start;
    for (int slot = 0; rank == 1 && slot < WINDOW; slot++)
        for (int i = 0; i < MESSAGE; i++)
            if (buffer[(size_t)slot * MESSAGE + i] != pattern(rep, slot, i))
                probe_fail("message %d is wrong at byte %d in repetition %d", slot, i, rep);
    mpi_sample("bandwidth", 1e-9 * (double)MESSAGE * WINDOW * WINDOWS / seconds, "GB/s", rep);
}

int main(int argc, char **argv)
{
    mpi_start(&argc, &argv, 2, 2);
    unsigned char *buffer = malloc((size_t)WINDOW * MESSAGE);
    if (!buffer)
        probe_fail("no memory for %d messages of %d bytes", WINDOW, MESSAGE);
    for (int rep = -WARM_UPS; rep < probe_repetitions(); rep++)
        measure_latency(rep);
    for (int rep = -WARM_UPS; rep < probe_repetitions(); rep++)
        measure_bandwidth(buffer, rep);
    return mpi_done();
}
