/* Dense matrix product of the BLAS in double and single precision: 2 n^3 operations a product.
 * Entries are whole numbers small enough that every partial sum is exact, so each product is compared
 * exactly with A (B x) for random x of +1 and -1 (Freivalds, 1977): a wrong product passes one vector with
 * probability 1/2 at most, and each repetition draws two new ones.
 */
#if __has_include(<cblas.h>)
#include <cblas.h>
#elif __has_include(<openblas/cblas.h>)
#include <openblas/cblas.h>
#else
#error "cblas.h not found: install libopenblas-dev"
#endif

#include <omp.h>

#include "probe.h"

extern int openblas_get_num_threads(void) __attribute__((weak)); /* other BLAS libraries lack it */

enum precision { FP64, FP32 };
enum { VECTORS = 2, LARGEST = 16384, LARGEST_ENTRY = 2 };

static int n;
static double *x, *bx, *abx, *cx;

/* xorshift64*: the same matrices on every node. */
static unsigned random_bits(void)
{
    static unsigned long long state = 0x9e3779b97f4a7c15ULL;
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (unsigned)((state * 0x2545f4914f6cdd1dULL) >> 33);
}

static void *allocate(size_t count, size_t size)
{
    void *memory = calloc(count, size);
    if (!memory)
        probe_fail("no memory for matrices of %d x %d", n, n);
    return memory;
}

static double entry(const void *matrix, size_t i, enum precision p)
{
    return p == FP64 ? ((const double *)matrix)[i] : (double)((const float *)matrix)[i];
}

static void *random_matrix(enum precision p)
{
    size_t count = (size_t)n * n;
    void *matrix = allocate(count, p == FP64 ? sizeof(double) : sizeof(float));
    for (size_t i = 0; i < count; i++) {
        int value = (int)(random_bits() % (2 * LARGEST_ENTRY + 1)) - LARGEST_ENTRY;
        if (p == FP64)
            ((double *)matrix)[i] = value;
        else
            ((float *)matrix)[i] = (float)value;
    }
    return matrix;
}

static void multiply(enum precision p, const void *a, const void *b, void *c)
{
    if (p == FP64)
        cblas_dgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, b, n, 0, c, n);
    else
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, n, n, n, 1, a, n, b, n, 0, c, n);
}

static void apply(enum precision p, const void *matrix, const double *vector, double *result)
{
#pragma omp parallel for
    for (int i = 0; i < n; i++) {
        double sum = 0;
        for (int j = 0; j < n; j++)
            sum += entry(matrix, (size_t)i * n + j, p) * vector[j];
        result[i] = sum;
    }
}

static void verify(enum precision p, const void *a, const void *b, const void *c)
{
    for (int v = 0; v < VECTORS; v++) {
        for (int i = 0; i < n; i++)
            x[i] = random_bits() & 1 ? 1 : -1;
        apply(p, b, x, bx);
        apply(p, a, bx, abx);
        apply(p, c, x, cx);
        for (int i = 0; i < n; i++)
            if (!(abx[i] == cx[i]))
                probe_fail("row %d of the product is wrong: %.17g, expected %.17g", i, cx[i], abx[i]);
    }
}

/* Seconds of one product, which is verified. */
static double time_product(enum precision p, const void *a, const void *b, void *c, size_t bytes)
{
    memset(c, 0xff, bytes); /* not a number: an old product can't pass for a new one */
    double start = probe_now();
    multiply(p, a, b, c);
    double seconds = probe_now() - start;
    verify(p, a, b, c);
    return seconds;
}

static void measure(enum precision p, const char *metric)
{
    size_t bytes = (size_t)n * n * (p == FP64 ? sizeof(double) : sizeof(float));
    void *a = random_matrix(p), *b = random_matrix(p), *c = allocate(1, bytes);
    for (probe_warm_up(); probe_is_warming(metric);)
        probe_warmed(time_product(p, a, b, c, bytes));
    for (int rep = 0; rep < probe_repetitions(); rep++)
        probe_sample(metric, 2e-9 * n * n * n / time_product(p, a, b, c, bytes), "GFLOP/s", rep);
    free(a), free(b), free(c);
}

int main(void)
{
    /* n^3 grows with the CPUs, so that a repetition lasts about as long on every node and equal nodes get equal n. */
    double by_time = cbrt(2e9 * omp_get_max_threads()), by_memory = sqrt(probe_memory() / (3 * sizeof(double)));
    n = (int)fmin(fmin(by_time, by_memory), LARGEST) / 128 * 128;
    printf("# matrices of %d x %d, %d threads\n", n, n, omp_get_max_threads());
    if (openblas_get_num_threads && openblas_get_num_threads() != omp_get_max_threads())
        printf("# OpenBLAS uses %d threads\n", openblas_get_num_threads());
    x = allocate(n, sizeof *x), bx = allocate(n, sizeof *x), abx = allocate(n, sizeof *x), cx = allocate(n, sizeof *x);
    measure(FP64, "fp64_rate");
    measure(FP32, "fp32_rate");
    return probe_done();
}
