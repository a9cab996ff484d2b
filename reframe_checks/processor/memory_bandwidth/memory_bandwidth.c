/* The four STREAM kernels (McCalpin, https://www.cs.virginia.edu/stream/): rates count the bytes that
 * a kernel names, two or three arrays, and no write-allocate traffic. Results are validated as STREAM does.
 */
#include "stream.h"

/* Seconds of the four kernels. */
static double run_kernels(int rep)
{
    if (x > LARGEST)
        set_arrays();
    double at[5];
    at[0] = probe_now();
#pragma omp parallel for
    for (long i = 0; i < length; i++)
        c[i] = a[i];
    at[1] = probe_now();
#pragma omp parallel for
    for (long i = 0; i < length; i++)
        b[i] = SCALAR * c[i];
    at[2] = probe_now();
#pragma omp parallel for
    for (long i = 0; i < length; i++)
        c[i] = a[i] + b[i];
    at[3] = probe_now();
#pragma omp parallel for
    for (long i = 0; i < length; i++)
        a[i] = b[i] + SCALAR * c[i];
    at[4] = probe_now();
    return print_kernels(at, rep);
}

int main(void)
{
    return stream_main();
}
