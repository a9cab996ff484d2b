/* What a RISC-V node's instruction set holds: RV64GC, the vector extension 1.0, and vector kernels that agree
 * with scalar ones for odd lengths, tails and every register grouping used.
 *
 * The kernel says what is there: AT_HWCAP (one bit a letter) and, since Linux 6.4, the system call
 * riscv_hwprobe; /proc/cpuinfo is not asked, since user-mode emulation passes the host's through.
 * The vector length is read from the CSR vlenb.
 */
#include <riscv_vector.h>
#include <signal.h>
#include <stdint.h>
#include <sys/auxv.h>
#include <sys/syscall.h>

#include "probe.h"

enum { SYS_HWPROBE = 258, HWPROBE_IMA_EXT_0 = 4, HWPROBE_V = 1 << 2, LONGEST = 4099, TIMED = 1 << 15, CALLS = 64 };

static const char BASELINE[] = "IMAFDC"; /* RV64GC: G is IMAFD, and Zicsr and Zifencei, which have no bit */
static const size_t LENGTHS[] = {0, 1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 65, 127, 129, 1000, 1023, 1025, LONGEST};
static double x[TIMED], y[TIMED], scalar[TIMED], vector[TIMED];

static void on_illegal_instruction(int signal)
{
    static const char message[] = "probe: illegal instruction: this processor is no RV64GCV\n";
    (void)signal;
    (void)!write(STDERR_FILENO, message, sizeof message - 1);
    _exit(1);
}

static int hwprobe_says_vector(void)
{
    struct {
        int64_t key;
        uint64_t value;
    } pair = {HWPROBE_IMA_EXT_0, 0};
    return syscall(SYS_HWPROBE, &pair, 1UL, 0UL, NULL, 0U) == 0 && pair.key >= 0 && (pair.value & HWPROBE_V);
}

/* User-mode emulation hides itself behind /proc/self, but not behind /proc/thread-self. */
static void report_emulation(void)
{
    char mine[4096] = "", real[4096] = "";
    if (readlink("/proc/self/exe", mine, sizeof mine - 1) > 0 &&
        readlink("/proc/thread-self/exe", real, sizeof real - 1) > 0 && strcmp(mine, real) != 0)
        printf("# emulated by %s\n", real);
}

static void scalar_axpy(size_t n, double a, const double *from, double *to)
{
    for (size_t i = 0; i < n; i++)
        to[i] = fma(a, from[i], to[i]);
}

static void vector_axpy(size_t n, double a, const double *from, double *to)
{
    for (size_t length; n > 0; n -= length, from += length, to += length) {
        length = __riscv_vsetvl_e64m4(n);
        vfloat64m4_t sum = __riscv_vfmacc_vf_f64m4(__riscv_vle64_v_f64m4(to, length), a,
                                                   __riscv_vle64_v_f64m4(from, length), length);
        __riscv_vse64_v_f64m4(to, sum, length);
    }
}

static void vector_copy(size_t n, const double *from, double *to)
{
    for (size_t length; n > 0; n -= length, from += length, to += length) {
        length = __riscv_vsetvl_e64m8(n);
        __riscv_vse64_v_f64m8(to, __riscv_vle64_v_f64m8(from, length), length);
    }
}

/* Tail undisturbed: elements beyond the last, shorter part keep the sums of the parts before. */
static double vector_dot(size_t n, const double *left, const double *right)
{
    size_t all = __riscv_vsetvlmax_e64m4();
    vfloat64m4_t sums = __riscv_vfmv_v_f_f64m4(0, all);
    for (size_t length; n > 0; n -= length, left += length, right += length) {
        length = __riscv_vsetvl_e64m4(n);
        sums = __riscv_vfmacc_vv_f64m4_tu(sums, __riscv_vle64_v_f64m4(left, length),
                                          __riscv_vle64_v_f64m4(right, length), length);
    }
    vfloat64m1_t zero = __riscv_vfmv_v_f_f64m1(0, 1);
    return __riscv_vfmv_f_s_f64m1_f64(__riscv_vfredosum_vs_f64m4_f64m1(sums, zero, all));
}

/* Bit by bit, over the whole array: a kernel must neither miss its last element nor write behind it. */
static long count_differences(void)
{
    long found = 0;
    for (size_t i = 0; i < LONGEST + 64; i++)
        found += memcmp(&scalar[i], &vector[i], sizeof *scalar) != 0;
    return found;
}

static long mismatches_of(size_t n)
{
    double a = 2 * drand48() - 1, sum = 0, bound = 0;
    long found;
    for (size_t i = 0; i < LONGEST + 64; i++) {
        x[i] = 2 * drand48() - 1;
        scalar[i] = vector[i] = y[i] = 2 * drand48() - 1;
    }
    memcpy(scalar, x, n * sizeof *x);
    vector_copy(n, x, vector);
    found = count_differences();
    memcpy(scalar, y, sizeof y);
    memcpy(vector, y, sizeof y);
    scalar_axpy(n, a, x, scalar);
    vector_axpy(n, a, x, vector);
    found += count_differences();
    for (size_t i = 0; i < n; i++) {
        sum = fma(x[i], y[i], sum);
        bound += fabs(x[i] * y[i]);
    }
    /* Two orders of summation differ by less than 2 n u sum|x y| (Higham 2002, section 3.1), u = 2^-53. */
    return found + !(fabs(vector_dot(n, x, y) - sum) <= 2 * (double)n * 0x1p-53 * bound);
}

static double seconds_of(void (*axpy)(size_t, double, const double *, double *))
{
    double start = probe_now();
    for (int call = 0; call < CALLS; call++)
        axpy(TIMED, 1e-3, x, y);
    return probe_now() - start;
}

int main(void)
{
    unsigned long letters = getauxval(AT_HWCAP), vlenb;
    int found = 0, by_letter = letters >> ('V' - 'A') & 1, by_probe = hwprobe_says_vector();
    signal(SIGILL, on_illegal_instruction);
    report_emulation();
    for (const char *letter = BASELINE; *letter; letter++)
        found += letters >> (*letter - 'A') & 1;
    printf("# vector extension: AT_HWCAP says %s, riscv_hwprobe says %s\n", by_letter ? "yes" : "no",
           by_probe ? "yes" : "no");
    if (!by_letter && !by_probe)
        probe_fail("the kernel reports no vector extension, neither in AT_HWCAP nor by riscv_hwprobe");
    __asm__ volatile("csrr %0, vlenb" : "=r"(vlenb));
    for (int rep = -WARM_UPS; rep < probe_repetitions(); rep++) {
        long wrong = 0;
        srand48(rep + WARM_UPS + 1);
        for (size_t i = 0; i < sizeof LENGTHS / sizeof *LENGTHS; i++)
            wrong += mismatches_of(LENGTHS[i]);
        double slow = seconds_of(scalar_axpy), fast = seconds_of(vector_axpy);
        probe_sample("isa_baseline", found, "count", rep);
        probe_sample("vector_length", 8.0 * (double)vlenb, "bit", rep);
        probe_sample("kernel_mismatches", (double)wrong, "count", rep);
        probe_sample("triad_speedup", slow / fast, "ratio", rep);
    }
    return probe_done();
}
