"""What can be measured: declarations of checks, and the form of the parsers that read tools' output."""
