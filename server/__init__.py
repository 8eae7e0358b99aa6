"""The sync server, the register and the console. It never imports the app."""
