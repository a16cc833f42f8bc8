"""The site: pages as a pure function of the repository, and a thin plugin that hands them to MkDocs."""
