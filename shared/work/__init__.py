"""Cases, mediation and nil reports: rules that phone and server share."""
