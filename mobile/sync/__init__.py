"""The conversation with the server: enrolment, push, snapshot, pull."""
