"""Other systems that sync, on the same documents: installed when they are measured, never kept."""
