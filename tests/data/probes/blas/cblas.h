/* A BLAS of the tests' own: slow and right, or wrong on purpose, so that no library is needed. */
enum { CblasRowMajor = 101, CblasNoTrans = 111 };
void cblas_dgemm(int, int, int, int, int, int, double, const void *, int, const void *, int, double, void *, int);
void cblas_sgemm(int, int, int, int, int, int, float, const void *, int, const void *, int, float, void *, int);
