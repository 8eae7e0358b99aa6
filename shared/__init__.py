"""What the phone and the server must agree on. Pure: no I/O, no clock, no ids made here."""
