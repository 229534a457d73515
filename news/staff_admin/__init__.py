"""What the admins of all apps share. It registers no ModelAdmin.

- `model_admin`: the base class of every ModelAdmin, and the mixin of read-only ones
- `rows`: forms and inlines whose rows stand in a table
- `filters`, `choices`: list filters; categories in a drop-down list
- `widgets`, `form_fields`: form controls that the admin uses in place of Django's
- `ask_pages`: a page that asks for something before an action
"""
