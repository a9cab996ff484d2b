"""Whether RISC-V nodes hold what their instruction set promises."""
