"""What a person may ask of their own data: to see it, have it corrected, erased or left alone."""
