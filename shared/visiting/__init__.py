"""When a household may be visited, and when it should be: rules that phone and server share."""
