"""The pages of the site, one module for each sort of page.

A page is here because its module is here. A module registers functions: `makes_pages` for whole
pages, the decorators of `gitsm.site.appearance` for how the records of one kind look.
"""
