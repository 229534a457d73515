"""Redirects from old addresses, and the count of addresses that are missing.

    middleware          answers a missing address: redirect, gone, or count it
    planning            what a list of requested redirects would do; writes nothing
    services            writes redirects
    targets             what stands at an address of this site
    guessing            suggests a target for a missing address
    csv_table           reads requested redirects from a CSV file
    missing_addresses   counts missing addresses

The rows are `Redirect` and `MissingAddress` in `portal.models.redirects`, and `OldAddress` of the
news, which an import leaves for each article. docs/redirects.md tells what staff can do.
"""
