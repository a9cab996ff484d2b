/* The sample protocol of every C probe: one JSON object a line on stdout, every repetition,
 * and as its last line {"probe":"done",...}. A probe that can't vouch for its numbers calls
 * probe_fail(): a message on stderr, exit code 1 and no last line, so that nothing of it counts.
 */
#ifndef MILLWRIGHT_PROBE_H
#define MILLWRIGHT_PROBE_H

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { WARM_UPS = 1 }; /* never reported */

/* Enough for a distribution-free interval of the median; a rehearsal may do with fewer. */
static int probe_repetitions(void)
{
    const char *given = getenv("MILLWRIGHT_REPETITIONS");
    return given ? atoi(given) : 15;
}

static long probe_samples;

/* Seconds since 1970 UTC. */
static double probe_clock(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* When the repetition that ends now began: when the one before ended. */
static double probe_began(void)
{
    static double last = 0.0;
    double before = last, now = probe_clock();
    last = now;
    return before > 0.0 ? before : now;
}

__attribute__((format(printf, 1, 2), noreturn)) static void probe_fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fputs("probe: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

/* Where the values come from: what the check says, else what Slurm says, else this host's name. */
static const char *probe_node(void)
{
    static char name[256];
    const char *given = getenv("MILLWRIGHT_NODE");
    if (!given || !*given)
        given = getenv("SLURMD_NODENAME");
    if (given && *given)
        snprintf(name, sizeof name, "%s", given);
    else if (gethostname(name, sizeof name - 1) != 0)
        probe_fail("this host has no name");
    for (const char *c = name; *c; c++)
        if (*c == '"' || *c == '\\' || (unsigned char)*c < 0x20)
            probe_fail("the node's name holds a character that JSON would need to escape");
    return name;
}

/* Seconds of a clock that nobody sets. */
static double probe_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* Print one sample; rep counts from 0 and is negative during a warm-up, which is dropped. */
static void probe_sample(const char *metric, double value, const char *unit, int rep)
{
    double began = probe_began();
    if (rep < 0)
        return;
    if (!isfinite(value))
        probe_fail("%s is not a finite number in repetition %d", metric, rep);
    printf("{\"metric\":\"%s\",\"value\":%.9g,\"unit\":\"%s\",\"rep\":%d,\"node\":\"%s\",\"device\":\"\","
           "\"started\":%.6f}\n",
           metric, value, unit, rep, probe_node(), began);
    fflush(stdout);
    probe_samples++;
}

/* Mark the samples of a metric, of all metrics if it is empty; "unsteady" or "throttled". */
static inline void probe_mark(const char *mark, const char *metric)
{
    printf("{\"probe\":\"mark\",\"mark\":\"%s\",\"metric\":\"%s\",\"device\":\"\",\"rep\":null,\"node\":\"%s\"}\n", mark,
           metric, probe_node());
    fflush(stdout);
}

/* Warm-up: repetitions that are never reported, until three windows of 0.5 s in a row agree within 1 %, and
 * for 60 s at most: then the samples that follow are marked unsteady. A rehearsal (limit 0) does one repetition
 * and asks for no agreement.
 *
 *     for (probe_warm_up(); probe_is_warming("triad_bw");)
 *         probe_warmed(seconds of one repetition);
 */
#define PROBE_WINDOW 0.5
#define PROBE_AGREEMENT 0.01
static struct {
    double limit, begin, busy, rates[3];
    long calls, windows, runs;
} probe_warmth;

static inline void probe_warm_up(void)
{
    const char *given = getenv("MILLWRIGHT_WARM_UP_S");
    memset(&probe_warmth, 0, sizeof probe_warmth);
    probe_warmth.limit = given ? atof(given) : 60;
    probe_warmth.begin = probe_now();
}

static inline void probe_warmed(double seconds)
{
    probe_warmth.runs++, probe_warmth.calls++, probe_warmth.busy += seconds;
    if (probe_warmth.busy >= PROBE_WINDOW) {
        probe_warmth.rates[probe_warmth.windows++ % 3] = (double)probe_warmth.calls / probe_warmth.busy;
        probe_warmth.calls = 0, probe_warmth.busy = 0;
    }
}

static inline int probe_is_warming(const char *metric)
{
    const double *r = probe_warmth.rates;
    double high = fmax(r[0], fmax(r[1], r[2])), low = fmin(r[0], fmin(r[1], r[2]));
    if (probe_warmth.runs == 0)
        return 1;
    int is_steady = probe_warmth.windows >= 3 && high - low <= PROBE_AGREEMENT * high;
    if (!is_steady && probe_warmth.limit > 0 && probe_now() - probe_warmth.begin < probe_warmth.limit)
        return 1;
    if (!is_steady && probe_warmth.limit > 0)
        probe_mark("unsteady", metric);
    probe_began(); /* the first repetition begins now */
    return 0;
}

static int probe_done(void)
{
    printf("{\"probe\":\"done\",\"samples\":%ld,\"node\":\"%s\"}\n", probe_samples, probe_node());
    if (fflush(stdout) != 0 || ferror(stdout))
        probe_fail("the output could not be written");
    return 0;
}

/* Bytes that a probe may use: a quarter of what Slurm gives to jobs, or of what is free now. */
static inline double probe_memory(void)
{
    const char *given = getenv("MILLWRIGHT_MEMORY_MIB");
    double committed = given ? atof(given) * 1048576.0 : INFINITY;
    double available = (double)sysconf(_SC_AVPHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    double bytes = fmin(committed, available) / 4;
    if (!(bytes >= 1048576.0))
        probe_fail("only %.1f MiB of memory may be used, 1 is needed", bytes / 1048576.0);
    return bytes;
}

#endif
