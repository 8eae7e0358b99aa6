"""Service to residents: the directory of numbers, stations, service cards and work cards."""
