"""Text that a tool printed, to frozen data; one parser a file, no exception for what the text says."""
