"""What builds, checks and shows the product, and is never shipped with it."""
