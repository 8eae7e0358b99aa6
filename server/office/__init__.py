"""The office: areas, accounts, workers and their duties, devices, roles, the audit trail."""
