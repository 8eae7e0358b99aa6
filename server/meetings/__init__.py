"""Weekly meetings: a sheet from the register, minutes, and tasks that the grids receive."""
