"""The triggers of this app; docs/database.md says what each of them keeps true."""

from __future__ import annotations

from pgtrigger import After, Before, Condition, Delete, Insert, Row, Trigger, Update

COMMENT = [
    # A new comment that waits, as nearly all do, costs nothing here.
    Trigger(
        name="comment_added_is_counted",
        when=After,
        operation=Insert,
        level=Row,
        condition=Condition("NEW.status = 'approved'"),
        func="PERFORM comments_count(NULL, NEW); RETURN NULL;",
    ),
    Trigger(
        name="comment_changed_is_counted",
        when=After,
        operation=Update,
        level=Row,
        condition=Condition(
            "((OLD.is_shown OR NEW.is_shown) AND (OLD.status, OLD.is_shown, OLD.reply_count)"
            " <> (NEW.status, NEW.is_shown, NEW.reply_count))"
        ),
        func="PERFORM comments_count(OLD, NEW); RETURN NULL;",
    ),
    Trigger(
        name="comment_removed_is_counted",
        when=After,
        operation=Delete,
        level=Row,
        condition=Condition("OLD.is_shown"),
        func="PERFORM comments_count(OLD, NULL); RETURN NULL;",
    ),
    # A comment stays below its article and in its thread: the counts rest on it.
    Trigger(
        name="comment_does_not_move",
        when=Before,
        operation=Update,
        level=Row,
        condition=Condition(
            "((NEW.id, NEW.article_id) <> (OLD.id, OLD.article_id)"
            " OR NEW.parent_id IS DISTINCT FROM OLD.parent_id)"
        ),
        func="""
            RAISE EXCEPTION 'a comment stays where it was sent' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'comments_comment_does_not_move';
        """,
    ),
]
