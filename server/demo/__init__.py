"""The demo: an invented town, its server and two workers' devices, started by one command."""
