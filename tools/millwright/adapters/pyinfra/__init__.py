"""pyinfra: the gateways as its inventory."""
