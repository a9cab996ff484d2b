#include "cblas.h"

#ifndef FAULT
#define FAULT 0 /* 0: right, 1: one element is off by one, 2: nothing is written, 3: only single precision is wrong */
#endif

#define PRODUCT(NAME, TYPE, IS_WRONG)                                                                            \
    void NAME(int order, int ta, int tb, int m, int n, int k, TYPE alpha, const void *va, int lda, const void *vb, \
              int ldb, TYPE beta, void *vc, int ldc)                                                             \
    {                                                                                                            \
        const TYPE *a = va, *b = vb;                                                                             \
        TYPE *c = vc;                                                                                            \
        (void)order, (void)ta, (void)tb, (void)alpha, (void)beta;                                                \
        for (int i = 0; FAULT != 2 && i < m; i++)                                                                \
            for (int j = 0; j < n; j++) {                                                                        \
                TYPE sum = (IS_WRONG) && i == m / 2 && j == n / 3;                                               \
                for (int l = 0; l < k; l++)                                                                      \
                    sum += a[i * lda + l] * b[l * ldb + j];                                                      \
                c[i * ldc + j] = sum;                                                                            \
            }                                                                                                    \
    }

PRODUCT(cblas_dgemm, double, FAULT == 1)
PRODUCT(cblas_sgemm, float, FAULT == 1 || FAULT == 3)
