"""The worker's app: what a phone stores, sends and shows. It never imports the server."""
