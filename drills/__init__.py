"""How people get ready: courses, questions and exercises."""
