"""The documentation as pages of the web: docs/ and the pages beside README, made by mkdocs."""
