"""The commands of `doorstep`: each a function with its options, wired by `server.cli`."""
