/* Adds two arrays with vector intrinsics and compares with the scalar sum; prints the vector length in bits. */
#include <riscv_vector.h>
#include <stdint.h>
#include <stdio.h>

enum { N = 1000 };

int main(void) {
    int32_t a[N], b[N], c[N];
    for (int i = 0; i < N; i++) {
        a[i] = i;
        b[i] = 3 * i;
    }
    for (size_t done = 0, step; done < N; done += step) {
        step = __riscv_vsetvl_e32m1(N - done);
        vint32m1_t left = __riscv_vle32_v_i32m1(a + done, step), right = __riscv_vle32_v_i32m1(b + done, step);
        __riscv_vse32_v_i32m1(c + done, __riscv_vadd_vv_i32m1(left, right, step), step);
    }
    for (int i = 0; i < N; i++) {
        if (c[i] != 4 * i) {
            fprintf(stderr, "element %d is %d, not %d\n", i, (int)c[i], 4 * i);
            return 1;
        }
    }
    printf("vector length %zu\n", 8 * __riscv_vlenb());
    return 0;
}
