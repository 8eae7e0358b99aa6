"""What the screens of grid work show and do."""
