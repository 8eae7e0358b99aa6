"""The sync API: enrolment, push, pull and snapshot over HTTP (docs/protocol.md)."""
