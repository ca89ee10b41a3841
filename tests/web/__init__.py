"""The doors of the service as clients and browsers meet them."""
