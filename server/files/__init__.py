"""Photos, recordings and documents: taken in by parts, checked, sealed, given out, collected."""
