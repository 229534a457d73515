"""Comments for readers: the list, the form, the private page of a sender, the complaint.

A form works as a page of its own. Asked for with the header `X-Fragment`, the same address answers
with the form alone, for the script that puts it in its place.
"""
