"""Signing in by the organisation's own sign-in: OpenID Connect, authorization code with PKCE."""
