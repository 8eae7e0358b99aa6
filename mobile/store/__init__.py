"""The worker's records on this device: sealed rows, the outbox, drafts, and what is shown."""
