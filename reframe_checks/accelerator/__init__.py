"""What an accelerator reaches."""
