"""Import of articles from files of other sites: readers, bodies, and the writer.

A reader (`jsonl`, `wxr`) turns a file into neutral records, one at a time; `records` checks them;
`service` writes them in batches. The command is `manage.py import_articles`.
"""
