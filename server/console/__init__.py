"""The console: what admins, grid leaders and auditors see in a browser.

`site.mount` puts it into the server's app. `pages` are our own pages, `lists` the register's
tables on starlette-admin; both ask the register and the office, and change nothing around them.
"""
