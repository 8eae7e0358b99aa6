"""Any form of `shared.forms.model` on the screen, question by question."""
