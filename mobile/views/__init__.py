"""What the worker sees. Components draw state objects; only they, and `mobile.app`, know Flet."""
