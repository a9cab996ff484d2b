"""A cluster that exists, described as a facility from what it says of itself."""
