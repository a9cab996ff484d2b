/* What the STREAM probes share: arrays that no cache holds, warm-up, repetitions and STREAM's own validation. A probe
 * defines run_kernels() and calls stream_main().
 */
#ifndef MILLWRIGHT_STREAM_H
#define MILLWRIGHT_STREAM_H

#include <omp.h>

#include "probe.h"

static const double SCALAR = 3.0;
static const double LARGEST = 1e100; /* the kernels multiply by 15 each time */
static double *a, *b, *c;
static double x, y, z; /* what each element of a, b and c is */
static long length;

static int read_cache(long cpu, int index, const char *what, char *text, int size)
{
    char path[128];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu%ld/cache/index%d/%s", cpu, index, what);
    FILE *file = fopen(path, "r");
    int found = file && fgets(text, size, file);
    if (file)
        fclose(file);
    return found;
}

/* Bytes of all last-level caches together, each counted at the first CPU that shares it; 0 where sysfs is silent. */
static double last_level_cache(void)
{
    char size[64], shared[64];
    double total = 0;
    for (long cpu = 0; cpu < sysconf(_SC_NPROCESSORS_CONF); cpu++) {
        int index = 9;
        while (index >= 0 && !read_cache(cpu, index, "size", size, sizeof size))
            index--;
        if (index >= 0 && read_cache(cpu, index, "shared_cpu_list", shared, sizeof shared) && atol(shared) == cpu)
            total += atof(size) * (strchr(size, 'M') ? 1048576 : 1024);
    }
    return total;
}

static void choose_length(void)
{
    double cache = last_level_cache(), room = probe_memory() / 3;
    double wanted = fmax(4 * cache, 64 * 1048576.0);
    length = (long)(fmin(wanted, room) / sizeof(double)) / 8 * 8;
    printf("# arrays of %.0f MiB, last-level cache %.0f MiB, %d threads\n",
           (double)length * sizeof(double) / 1048576, cache / 1048576, omp_get_max_threads());
    if (wanted > room)
        printf("# below STREAM's rule of 4 x last-level cache for want of memory: a cache may hold part of the arrays\n");
}

static double *allocate(void)
{
    double *array = aligned_alloc(64, (size_t)(length / 8 + 1) * 64);
    if (!array)
        probe_fail("no memory for three arrays of %ld doubles", length);
    return array;
}

/* First touch places each page beside the thread that uses it. */
static void set_arrays(void)
{
    x = 1.0, y = 2.0, z = 0.0;
#pragma omp parallel for
    for (long i = 0; i < length; i++) {
        a[i] = x;
        b[i] = y;
        c[i] = z;
    }
}

/* Seconds of the four kernels, whose samples it prints. */
static double run_kernels(int rep);

/* Print the samples of the kernels that ended at each of five times; their seconds together. */
static inline double print_kernels(const double at[5], int rep)
{
    const char *metrics[] = {"copy_bw", "scale_bw", "add_bw", "triad_bw"};
    const int arrays[] = {2, 2, 3, 3};
    for (int k = 0; k < 4; k++) {
        double bytes = (double)arrays[k] * sizeof(double) * (double)length;
        probe_sample(metrics[k], 1e-9 * bytes / (at[k + 1] - at[k]), "GB/s", rep);
    }
    z = x, y = SCALAR * z, z = x + y, x = y + SCALAR * z;
    return at[4] - at[0];
}

/* STREAM's own rule: the mean relative error of each array stays below 1e-13. */
static void validate(char name, const double *array, double expected)
{
    double sum = 0;
#pragma omp parallel for reduction(+ : sum)
    for (long i = 0; i < length; i++)
        sum += fabs(array[i] - expected);
    double error = sum / (double)length / fabs(expected);
    if (!(error <= 1e-13))
        probe_fail("array %c is wrong: its mean relative error %g exceeds 1e-13", name, error);
}

static inline int stream_main(void)
{
    choose_length();
    a = allocate(), b = allocate(), c = allocate();
    set_arrays();
    for (probe_warm_up(); probe_is_warming("");)
        probe_warmed(run_kernels(-1));
    for (int rep = 0; rep < probe_repetitions(); rep++)
        run_kernels(rep);
    validate('a', a, x);
    validate('b', b, y);
    validate('c', c, z);
    return probe_done();
}

#endif
