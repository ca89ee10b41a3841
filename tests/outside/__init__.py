"""What leaves the service as files: codes, sheets, passbooks, tables, certificates."""
