"""The register: here alone changes are accepted, merged, numbered and journalled."""
