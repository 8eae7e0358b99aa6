"""Components and controls that several screens are made of."""
