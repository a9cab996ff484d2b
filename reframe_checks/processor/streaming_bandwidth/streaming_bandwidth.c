/* The four STREAM kernels with streaming stores, which write whole lines to memory without reading them first, as
 * likwid's stream_mem kernels do: so the bytes that are counted are all that move. x86-64 alone.
 */
#include "stream.h"

#ifdef __SSE2__
#include <emmintrin.h>

/* Pairs of elements are stored at once; lengths are multiples of a cache line, so that every pair is aligned. */
#define STREAM_KERNEL(target, value)             \
    _Pragma("omp parallel")                      \
    {                                            \
        _Pragma("omp for nowait")                \
        for (long i = 0; i < length; i += 2)     \
            _mm_stream_pd(&target[i], value);    \
        _mm_sfence();                            \
    }

#define LOAD(array) _mm_load_pd(&array[i])

static double run_kernels(int rep)
{
    if (x > LARGEST)
        set_arrays();
    const __m128d scalar = _mm_set1_pd(SCALAR);
    double at[5];
    at[0] = probe_now();
    STREAM_KERNEL(c, LOAD(a))
    at[1] = probe_now();
    STREAM_KERNEL(b, _mm_mul_pd(scalar, LOAD(c)))
    at[2] = probe_now();
    STREAM_KERNEL(c, _mm_add_pd(LOAD(a), LOAD(b)))
    at[3] = probe_now();
    STREAM_KERNEL(a, _mm_add_pd(LOAD(b), _mm_mul_pd(scalar, LOAD(c))))
    at[4] = probe_now();
    return print_kernels(at, rep);
}

int main(void)
{
    return stream_main();
}
#else
static double run_kernels(int rep)
{
    return rep;
}

int main(void)
{
    fputs("probe: streaming stores are measured on x86-64 only\n", stderr);
    return 3;
}
#endif
