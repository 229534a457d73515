"""A random workload: all services and admin actions from several processes on one database.

    .ci/workload [seconds]

Every process does random actions on the same few rows, so that they meet. Afterwards no action may
have ended in an error, and what is derived (lists, counts, summaries, search) must agree with what
it is derived from: `invariants.py`. A deadlock that was met and repeated is told.
"""
