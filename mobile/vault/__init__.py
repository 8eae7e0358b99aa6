"""Keys and seals: how a PIN and a device's secret open an account's records."""
