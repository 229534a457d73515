"""The triggers as comments/models/triggers.py declares them."""

from django.db import migrations
from pgtrigger.compiler import Trigger, UpsertTriggerSql
from pgtrigger.migrations import AddTrigger

from news.sql_files import drop_functions_of_removed_triggers


class Migration(migrations.Migration):

    dependencies = [
        ('comments', '0002_functions'),
    ]

    operations = [
        drop_functions_of_removed_triggers(),
        AddTrigger(
            model_name='comment',
            trigger=Trigger(
                name='comment_added_is_counted',
                sql=UpsertTriggerSql(
                    table='comments_comment',
                    when='AFTER',
                    operation='INSERT',
                    condition="WHEN (NEW.status = 'approved')",
                    func='PERFORM comments_count(NULL, NEW); RETURN NULL;',
                    pgid='pgtrigger_comment_added_is_counted_3d4d3',
                    hash='a00b28bcf3f42ea4fb2504a342513eecd3b4f001',
                ),
            ),
        ),
        AddTrigger(
            model_name='comment',
            trigger=Trigger(
                name='comment_changed_is_counted',
                sql=UpsertTriggerSql(
                    table='comments_comment',
                    when='AFTER',
                    operation='UPDATE',
                    condition='WHEN ((OLD.is_shown OR NEW.is_shown) AND (OLD.status, OLD.is_shown, OLD.reply_count) <> (NEW.status, NEW.is_shown, NEW.reply_count))',
                    func='PERFORM comments_count(OLD, NEW); RETURN NULL;',
                    pgid='pgtrigger_comment_changed_is_counted_4b453',
                    hash='c65882ba21e3230b2215c312e308825dc891273f',
                ),
            ),
        ),
        AddTrigger(
            model_name='comment',
            trigger=Trigger(
                name='comment_removed_is_counted',
                sql=UpsertTriggerSql(
                    table='comments_comment',
                    when='AFTER',
                    operation='DELETE',
                    condition='WHEN (OLD.is_shown)',
                    func='PERFORM comments_count(OLD, NULL); RETURN NULL;',
                    pgid='pgtrigger_comment_removed_is_counted_37af2',
                    hash='012a46c202873f0297848544f560ff3273dbf071',
                ),
            ),
        ),
        AddTrigger(
            model_name='comment',
            trigger=Trigger(
                name='comment_does_not_move',
                sql=UpsertTriggerSql(
                    table='comments_comment',
                    when='BEFORE',
                    operation='UPDATE',
                    condition='WHEN ((NEW.id, NEW.article_id) <> (OLD.id, OLD.article_id) OR NEW.parent_id IS DISTINCT FROM OLD.parent_id)',
                    func="""
            RAISE EXCEPTION 'a comment stays where it was sent' USING ERRCODE = 'check_violation',
                CONSTRAINT = 'comments_comment_does_not_move';
        """,
                    pgid='pgtrigger_comment_does_not_move_03533',
                    hash='b7ddd0f600643a2e291bf75e97db9a3017d5b6b8',
                ),
            ),
        ),
    ]
