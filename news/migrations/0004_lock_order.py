"""The lock of the listings is taken before any row that others wait for: docs/database.md."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations

from news.sql_files import create_functions


class Migration(migrations.Migration):

    dependencies = [
        ('news', '0003_triggers'),
    ]

    operations = [
        create_functions('news/sql/search.sql', digest='62aa3cc32f4b', reverse_sql=migrations.RunSQL.noop),
        pgtrigger.migrations.RemoveTrigger(
            model_name='article',
            name='article_removed_is_unlisted',
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='article_locks_listings_first', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM pg_advisory_xact_lock(hashtext('news_listing')); RETURN NULL;", hash='43bbc9c37192f429108dc8afe23c1502f0983852', level='STATEMENT', operation='DELETE', pgid='pgtrigger_article_locks_listings_first_ae51c', table='news_article', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='article',
            trigger=pgtrigger.compiler.Trigger(name='article_removed_is_unlisted', sql=pgtrigger.compiler.UpsertTriggerSql(func='\n            DELETE FROM news_listing WHERE article_id = OLD.id;\n            RETURN OLD;\n        ', hash='fbf40e451ecce84f28c479cc7dc72e9e5672ded7', operation='DELETE', pgid='pgtrigger_article_removed_is_unlisted_f6c21', table='news_article', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='articlemorecategory',
            trigger=pgtrigger.compiler.Trigger(name='more_categories_locks_listings_first', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM pg_advisory_xact_lock(hashtext('news_listing')); RETURN NULL;", hash='648d68eeb888b4a58b674cc1b3ca5729a62dd17b', level='STATEMENT', operation='INSERT OR DELETE', pgid='pgtrigger_more_categories_locks_listings_first_92a5e', table='news_article_more_categories', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attachment',
            trigger=pgtrigger.compiler.Trigger(name='attachment_locks_listings_first', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM pg_advisory_xact_lock(hashtext('news_listing')); RETURN NULL;", hash='0f92acd4adc7637c1517f249fb33a46abc7ae40c', level='STATEMENT', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_attachment_locks_listings_first_bc6c3', table='news_attachment', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='attachmenttext',
            trigger=pgtrigger.compiler.Trigger(name='attachment_text_locks_listings_first', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM pg_advisory_xact_lock(hashtext('news_listing')); RETURN NULL;", hash='600508e91a52964eaf2148ec236d88691b09ad10', level='STATEMENT', operation='INSERT OR UPDATE', pgid='pgtrigger_attachment_text_locks_listings_first_cfd12', table='news_attachmenttext', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='category',
            trigger=pgtrigger.compiler.Trigger(name='category_locks_listings_first', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM pg_advisory_xact_lock(hashtext('news_listing')); RETURN NULL;", hash='6d8cea39503ac72390685fc0926064ab50110511', level='STATEMENT', operation='INSERT OR UPDATE OR DELETE', pgid='pgtrigger_category_locks_listings_first_84f10', table='news_category', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='listing',
            trigger=pgtrigger.compiler.Trigger(name='listing_locks_listings_first', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM pg_advisory_xact_lock(hashtext('news_listing')); RETURN NULL;", hash='7753993941b69ed68afcdb9173db628e070c394f', level='STATEMENT', operation='DELETE', pgid='pgtrigger_listing_locks_listings_first_3a3c8', table='news_listing', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='searchentry',
            trigger=pgtrigger.compiler.Trigger(name='search_entry_locks_listings_first', sql=pgtrigger.compiler.UpsertTriggerSql(func="PERFORM pg_advisory_xact_lock(hashtext('news_listing')); RETURN NULL;", hash='fbe5cc73aa933abeb7e149d6835ceea8aad46ef4', level='STATEMENT', operation='DELETE', pgid='pgtrigger_search_entry_locks_listings_first_e58ab', table='news_searchentry', when='BEFORE')),
        ),
    ]
