"""Forms as data: what a form is, how it reacts to answers, what it accepts."""
