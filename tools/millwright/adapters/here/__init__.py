"""The local machine: locks, the working copy, the product's archive and its Python packages."""
