"""The register as an OData v4 feed, read-only: for Excel, Power BI and whoever else speaks it."""
