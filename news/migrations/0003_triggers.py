"""The triggers as news/models/triggers.py declares them."""

from django.db import migrations
from pgtrigger.compiler import Trigger, UpsertTriggerSql
from pgtrigger.migrations import AddTrigger

from news.sql_files import drop_functions_of_removed_triggers


class Migration(migrations.Migration):

    dependencies = [
        ('news', '0002_functions'),
    ]

    operations = [
        drop_functions_of_removed_triggers(),
        AddTrigger(
            model_name='category',
            trigger=Trigger(
                name='category_depth_follows_parent',
                sql=UpsertTriggerSql(
                    table='news_category',
                    when='BEFORE',
                    operation='INSERT OR UPDATE OF "parent_id", "depth"',
                    func="""
            IF NEW.parent_id IS NULL THEN
                NEW.depth := 1;
            ELSE
                SELECT depth + 1 INTO NEW.depth FROM news_category WHERE id = NEW.parent_id
                FOR NO KEY UPDATE;
            END IF;
            RETURN NEW;
        """,
                    pgid='pgtrigger_category_depth_follows_parent_45695',
                    hash='da6f01e3f04bd924654c25d029b56232b20e5096',
                ),
            ),
        ),
        AddTrigger(
            model_name='category',
            trigger=Trigger(
                name='category_depth_reaches_children',
                sql=UpsertTriggerSql(
                    table='news_category',
                    when='AFTER',
                    operation='UPDATE',
                    condition='WHEN (OLD.depth IS DISTINCT FROM NEW.depth)',
                    func="""
            UPDATE news_category SET parent_id = parent_id WHERE parent_id = NEW.id;
            RETURN NULL;
        """,
                    pgid='pgtrigger_category_depth_reaches_children_19479',
                    hash='b34537ae3a1a59aa634771bead434e561a866161',
                ),
            ),
        ),
        AddTrigger(
            model_name='category',
            trigger=Trigger(
                name='category_moved_is_relisted',
                sql=UpsertTriggerSql(
                    table='news_category',
                    when='AFTER',
                    operation='UPDATE',
                    level='STATEMENT',
                    referencing='REFERENCING OLD TABLE AS before_change  NEW TABLE AS after_change ',
                    func="""
            PERFORM news_relist(array(
                WITH RECURSIVE below (id) AS (
                    SELECT now.id FROM after_change now JOIN before_change was ON was.id = now.id
                    WHERE was.parent_id IS DISTINCT FROM now.parent_id
                    UNION
                    SELECT child.id FROM news_category child
                    JOIN below ON child.parent_id = below.id
                )
                SELECT article.id FROM news_article article
                WHERE article.category_id IN (SELECT id FROM below)
                UNION
                SELECT more.article_id FROM news_article_more_categories more
                WHERE more.category_id IN (SELECT id FROM below)
            ));
            RETURN NULL;
        """,
                    pgid='pgtrigger_category_moved_is_relisted_857d9',
                    hash='fe05c18e150fcaddad252f86839f51e2fd75dd0b',
                ),
            ),
        ),
        AddTrigger(
            model_name='article',
            trigger=Trigger(
                name='article_added_is_listed',
                sql=UpsertTriggerSql(
                    table='news_article',
                    when='AFTER',
                    operation='INSERT',
                    level='STATEMENT',
                    referencing='REFERENCING NEW TABLE AS added ',
                    func="""
            PERFORM news_relist(array(SELECT id FROM added WHERE status = 'published'));
            RETURN NULL;
        """,
                    pgid='pgtrigger_article_added_is_listed_6602b',
                    hash='88c34e688b8c015b009f7f8c51626d2e265c59bb',
                ),
            ),
        ),
        AddTrigger(
            model_name='article',
            trigger=Trigger(
                name='article_changed_is_relisted',
                sql=UpsertTriggerSql(
                    table='news_article',
                    when='AFTER',
                    operation='UPDATE',
                    level='STATEMENT',
                    referencing='REFERENCING OLD TABLE AS before_change  NEW TABLE AS after_change ',
                    func="""
            PERFORM news_relist(array(
                SELECT now.id FROM after_change now JOIN before_change was ON was.id = now.id
                WHERE 'published' IN (was.status, now.status)
                AND (was.status, was.published_at, was.expires_at, was.category_id)
                    IS DISTINCT FROM (now.status, now.published_at, now.expires_at, now.category_id)
            ));
            RETURN NULL;
        """,
                    pgid='pgtrigger_article_changed_is_relisted_57a34',
                    hash='f99c443fca40553f106800cc43535c2679f130f4',
                ),
            ),
        ),
        AddTrigger(
            model_name='article',
            trigger=Trigger(
                name='article_removed_is_unlisted',
                sql=UpsertTriggerSql(
                    table='news_article',
                    when='BEFORE',
                    operation='DELETE',
                    func="""
            IF EXISTS (SELECT FROM news_listing WHERE article_id = OLD.id) THEN
                PERFORM pg_advisory_xact_lock(hashtext('news_listing'));
                DELETE FROM news_listing WHERE article_id = OLD.id;
            END IF;
            RETURN OLD;
        """,
                    pgid='pgtrigger_article_removed_is_unlisted_f6c21',
                    hash='219da8451d3877f952fa5edd0dac53e54b08da3e',
                ),
            ),
        ),
        AddTrigger(
            model_name='article',
            trigger=Trigger(
                name='article_text_changed_is_indexed',
                sql=UpsertTriggerSql(
                    table='news_article',
                    when='AFTER',
                    operation='UPDATE',
                    level='STATEMENT',
                    referencing='REFERENCING OLD TABLE AS before_change  NEW TABLE AS after_change ',
                    func="""
            PERFORM news_search_index(array(
                SELECT now.id FROM after_change now JOIN before_change was ON was.id = now.id
                WHERE now.status = 'published'
                AND (was.title, was.summary, was.body)
                    IS DISTINCT FROM (now.title, now.summary, now.body)
            ));
            RETURN NULL;
        """,
                    pgid='pgtrigger_article_text_changed_is_indexed_30662',
                    hash='625401528dfbb4cd3376595c62f4c1b22c86351a',
                ),
            ),
        ),
        AddTrigger(
            model_name='articlemorecategory',
            trigger=Trigger(
                name='more_category_added_is_listed',
                sql=UpsertTriggerSql(
                    table='news_article_more_categories',
                    when='AFTER',
                    operation='INSERT',
                    level='STATEMENT',
                    referencing='REFERENCING NEW TABLE AS changed ',
                    func="""
            PERFORM news_relist(array(
                SELECT DISTINCT article.id FROM changed JOIN news_article article
                ON article.id = changed.article_id AND article.status = 'published'
            ));
            RETURN NULL;
        """,
                    pgid='pgtrigger_more_category_added_is_listed_d5be1',
                    hash='3f8f0607e49963fe37d8423bf90a5c44d05cd4c7',
                ),
            ),
        ),
        AddTrigger(
            model_name='articlemorecategory',
            trigger=Trigger(
                name='more_category_removed_is_unlisted',
                sql=UpsertTriggerSql(
                    table='news_article_more_categories',
                    when='AFTER',
                    operation='DELETE',
                    level='STATEMENT',
                    referencing='REFERENCING OLD TABLE AS changed ',
                    func="""
            PERFORM news_relist(array(
                SELECT DISTINCT article.id FROM changed JOIN news_article article
                ON article.id = changed.article_id AND article.status = 'published'
            ));
            RETURN NULL;
        """,
                    pgid='pgtrigger_more_category_removed_is_unlisted_e5a46',
                    hash='f41ec1f18710b6e576fb286c38ed17139de138a8',
                ),
            ),
        ),
        AddTrigger(
            model_name='listing',
            trigger=Trigger(
                name='listing_added_is_counted',
                sql=UpsertTriggerSql(
                    table='news_listing',
                    when='AFTER',
                    operation='INSERT',
                    level='STATEMENT',
                    referencing='REFERENCING NEW TABLE AS added ',
                    func="""
            INSERT INTO news_listingmonth (category_id, month, count)
            SELECT category_id, news_listing_month(published_at), count(*) FROM added
            GROUP BY 1, 2
            ON CONFLICT (category_id, month) DO UPDATE
            SET count = news_listingmonth.count + EXCLUDED.count;
            RETURN NULL;
        """,
                    pgid='pgtrigger_listing_added_is_counted_6172e',
                    hash='e8475fa30efbe0f6a1f8066b4d50d0e50ed02a24',
                ),
            ),
        ),
        AddTrigger(
            model_name='listing',
            trigger=Trigger(
                name='listing_removed_is_counted',
                sql=UpsertTriggerSql(
                    table='news_listing',
                    when='AFTER',
                    operation='DELETE',
                    level='STATEMENT',
                    referencing='REFERENCING OLD TABLE AS removed ',
                    func="""
            UPDATE news_listingmonth months SET count = months.count - gone.count
            FROM (
                SELECT category_id, news_listing_month(published_at) AS month, count(*) AS count
                FROM removed GROUP BY 1, 2
            ) gone
            WHERE months.month = gone.month
            AND months.category_id IS NOT DISTINCT FROM gone.category_id;
            RETURN NULL;
        """,
                    pgid='pgtrigger_listing_removed_is_counted_23c4b',
                    hash='3a199201da2aaee8018e36adfff236121e33d117',
                ),
            ),
        ),
        AddTrigger(
            model_name='listing',
            trigger=Trigger(
                name='listing_is_never_updated',
                sql=UpsertTriggerSql(
                    table='news_listing',
                    when='BEFORE',
                    operation='UPDATE',
                    level='STATEMENT',
                    func="RAISE EXCEPTION 'rows of news_listing are never updated';",
                    pgid='pgtrigger_listing_is_never_updated_3b773',
                    hash='8fc93b4f02e3f87b45d12ee5a0ae0ea3da25b9ee',
                ),
            ),
        ),
        AddTrigger(
            model_name='listing',
            trigger=Trigger(
                name='listing_added_is_indexed',
                sql=UpsertTriggerSql(
                    table='news_listing',
                    when='AFTER',
                    operation='INSERT',
                    level='STATEMENT',
                    referencing='REFERENCING NEW TABLE AS added ',
                    func="""
            PERFORM news_search_index(array(SELECT DISTINCT article_id FROM added));
            RETURN NULL;
        """,
                    pgid='pgtrigger_listing_added_is_indexed_d7880',
                    hash='7c36574b84694c071c16c8581034abe03bf3219c',
                ),
            ),
        ),
        AddTrigger(
            model_name='listing',
            trigger=Trigger(
                name='listing_removed_leaves_index',
                sql=UpsertTriggerSql(
                    table='news_listing',
                    when='AFTER',
                    operation='DELETE',
                    level='STATEMENT',
                    referencing='REFERENCING OLD TABLE AS removed ',
                    func="""
            DELETE FROM news_searchentry WHERE article_id IN (SELECT article_id FROM removed);
            RETURN NULL;
        """,
                    pgid='pgtrigger_listing_removed_leaves_index_07bbb',
                    hash='6b9ebe09cbe187797050f1004a7f9835cf54f157',
                ),
            ),
        ),
        AddTrigger(
            model_name='attachment',
            trigger=Trigger(
                name='attachment_added_is_indexed',
                sql=UpsertTriggerSql(
                    table='news_attachment',
                    when='AFTER',
                    operation='INSERT',
                    level='STATEMENT',
                    referencing='REFERENCING NEW TABLE AS changed ',
                    func="""
            PERFORM news_search_index(array(SELECT DISTINCT article_id FROM changed));
            RETURN NULL;
        """,
                    pgid='pgtrigger_attachment_added_is_indexed_4fdce',
                    hash='57a120ce8a4b40e6808f266afea9cab8a5b50db7',
                ),
            ),
        ),
        AddTrigger(
            model_name='attachment',
            trigger=Trigger(
                name='attachment_changed_is_indexed',
                sql=UpsertTriggerSql(
                    table='news_attachment',
                    when='AFTER',
                    operation='UPDATE',
                    level='STATEMENT',
                    referencing='REFERENCING NEW TABLE AS changed ',
                    func="""
            PERFORM news_search_index(array(SELECT DISTINCT article_id FROM changed));
            RETURN NULL;
        """,
                    pgid='pgtrigger_attachment_changed_is_indexed_87852',
                    hash='a7579d1aff3ba1f9bb9c8c9a28df249840c00a3d',
                ),
            ),
        ),
        AddTrigger(
            model_name='attachment',
            trigger=Trigger(
                name='attachment_removed_leaves_index',
                sql=UpsertTriggerSql(
                    table='news_attachment',
                    when='BEFORE',
                    operation='DELETE',
                    func="""
            DELETE FROM news_searchentry WHERE attachment_id = OLD.id;
            DELETE FROM news_attachmenttext WHERE attachment_id = OLD.id;
            RETURN OLD;
        """,
                    pgid='pgtrigger_attachment_removed_leaves_index_be2ff',
                    hash='04106d91b6797c5689c94d4c445850bd86035ce0',
                ),
            ),
        ),
        AddTrigger(
            model_name='attachmenttext',
            trigger=Trigger(
                name='attachment_text_added_is_indexed',
                sql=UpsertTriggerSql(
                    table='news_attachmenttext',
                    when='AFTER',
                    operation='INSERT',
                    level='STATEMENT',
                    referencing='REFERENCING NEW TABLE AS changed ',
                    func="""
            PERFORM news_search_index(array(
                SELECT DISTINCT article_id FROM changed
                JOIN news_attachment attachment ON attachment.id = changed.attachment_id
            ));
            RETURN NULL;
        """,
                    pgid='pgtrigger_attachment_text_added_is_indexed_82368',
                    hash='e507af111cdc5bb9a584990b1c67bc3868814e93',
                ),
            ),
        ),
        AddTrigger(
            model_name='attachmenttext',
            trigger=Trigger(
                name='attachment_text_changed_is_indexed',
                sql=UpsertTriggerSql(
                    table='news_attachmenttext',
                    when='AFTER',
                    operation='UPDATE',
                    level='STATEMENT',
                    referencing='REFERENCING NEW TABLE AS changed ',
                    func="""
            PERFORM news_search_index(array(
                SELECT DISTINCT article_id FROM changed
                JOIN news_attachment attachment ON attachment.id = changed.attachment_id
            ));
            RETURN NULL;
        """,
                    pgid='pgtrigger_attachment_text_changed_is_indexed_46fe4',
                    hash='faac1b9b53c901a0651de716628a3bc9a956c6c5',
                ),
            ),
        ),
    ]
