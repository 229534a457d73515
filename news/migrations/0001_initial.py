"""The tables of articles, of the lists they stand in, and of the search."""

import datetime
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
import news.fields
import news.text
from django.conf import settings
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        TrigramExtension(),
        migrations.CreateModel(
            name='Category',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', news.fields.LineField(max_length=150, verbose_name='name')),
                ('slug', models.SlugField(blank=True, help_text='The last part of the address. Left empty, it is made from the name.', max_length=100, unique=True, verbose_name='slug')),
                ('parent', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='news.category', verbose_name='parent category')),
                ('name_en', news.fields.LineField(blank=True, max_length=120, verbose_name='name in English')),
                ('description', news.fields.PlainTextField(blank=True, verbose_name='description')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='position')),
                ('depth', models.PositiveSmallIntegerField(default=1, editable=False, verbose_name='depth')),
                ('is_on_home', models.BooleanField(default=False, verbose_name='shown on the home page')),
            ],
            options={
                'verbose_name': 'category',
                'verbose_name_plural': 'categories',
                'ordering': ['position', 'pk'],
                'abstract': False,
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('slug', ''), _negated=True), name='news_category_has_a_slug'),
                    models.CheckConstraint(condition=news.fields.IsNFC(models.F('name')), name='news_category_name_is_nfc'),
                    models.CheckConstraint(condition=models.Q(('depth__gte', 1), ('depth__lte', 3)), name='news_category_depth_1_to_3'),
                    models.CheckConstraint(condition=models.Q(models.Q(('depth', 1), ('parent', None)), models.Q(('depth__gt', 1), ('parent__isnull', False)), _connector='OR'), name='news_category_only_roots_have_no_parent'),
                    models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='news_category_is_not_its_own_parent'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', news.fields.LineField(max_length=150, verbose_name='name')),
                ('slug', models.SlugField(blank=True, help_text='The last part of the address. Left empty, it is made from the name.', max_length=100, unique=True, verbose_name='slug')),
                ('key', news.fields.ComputedField(compute=news.text.comparison_key, editable=False, error_messages={'unique': 'This tag exists already, perhaps in another spelling.'}, max_length=300, source='name', unique=True)),
                ('sort_key', news.fields.ComputedField(compute=news.text.sort_key, db_collation='C', db_index=True, editable=False, max_length=1000, source='name')),
            ],
            options={
                'verbose_name': 'tag',
                'verbose_name_plural': 'tags',
                'ordering': ['sort_key'],
                'abstract': False,
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('slug', ''), _negated=True), name='news_tag_has_a_slug'),
                    models.CheckConstraint(condition=news.fields.IsNFC(models.F('name')), name='news_tag_name_is_nfc'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Series',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', news.fields.LineField(max_length=150, verbose_name='name')),
                ('slug', models.SlugField(blank=True, help_text='The last part of the address. Left empty, it is made from the name.', max_length=100, unique=True, verbose_name='slug')),
                ('description', news.fields.PlainTextField(blank=True, verbose_name='description')),
            ],
            options={
                'verbose_name': 'event series',
                'verbose_name_plural': 'event series',
                'ordering': ['-pk'],
                'abstract': False,
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('slug', ''), _negated=True), name='news_series_has_a_slug'),
                    models.CheckConstraint(condition=news.fields.IsNFC(models.F('name')), name='news_series_name_is_nfc'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Author',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', news.fields.LineField(max_length=150, verbose_name='name')),
                ('slug', models.SlugField(blank=True, help_text='The last part of the address. Left empty, it is made from the name.', max_length=100, unique=True, verbose_name='slug')),
                ('role', news.fields.LineField(blank=True, max_length=120, verbose_name='role')),
                ('is_office', models.BooleanField(default=False, help_text='Search engines take a name for that of a person, unless this is ticked.', verbose_name='is an office')),
                ('sort_key', news.fields.ComputedField(compute=news.text.name_sort_key, db_collation='C', db_index=True, editable=False, max_length=1000, source='name')),
            ],
            options={
                'verbose_name': 'author',
                'verbose_name_plural': 'authors',
                'ordering': ['sort_key'],
                'abstract': False,
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('slug', ''), _negated=True), name='news_author_has_a_slug'),
                    models.CheckConstraint(condition=news.fields.IsNFC(models.F('name')), name='news_author_name_is_nfc'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Image',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('file', models.FileField(editable=False, max_length=200, unique=True, upload_to='', verbose_name='file')),
                ('alt', news.fields.PlainTextField(blank=True, help_text='What the picture shows, for readers who cannot see it.', verbose_name='alternative text')),
                ('is_decorative', models.BooleanField(default=False, help_text='Tick only if the picture tells the reader nothing.', verbose_name='decorative')),
                ('caption', news.fields.PlainTextField(blank=True, verbose_name='caption')),
                ('credit', news.fields.LineField(blank=True, max_length=150, verbose_name='credit')),
                ('width', models.PositiveIntegerField(editable=False, verbose_name='width')),
                ('height', models.PositiveIntegerField(editable=False, verbose_name='height')),
                ('size', models.PositiveIntegerField(editable=False, verbose_name='size in bytes')),
                ('sha256', models.CharField(editable=False, max_length=64, unique=True, verbose_name='fingerprint')),
                ('original_name', news.fields.LineField(blank=True, editable=False, max_length=255, verbose_name='original file name')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='added at')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='added by')),
            ],
            options={
                'verbose_name': 'picture',
                'verbose_name_plural': 'pictures',
                'ordering': ['-created_at', '-pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('alt', ''), ('is_decorative', True)), models.Q(('is_decorative', False), models.Q(('alt', ''), _negated=True)), _connector='OR'), name='news_image_has_alt_or_is_decorative', violation_error_message='Write the alternative text, or tick “decorative” and leave it empty.'),
                    models.CheckConstraint(condition=models.Q(('height__gte', 1), ('width__gte', 1)), name='news_image_has_a_size'),
                    models.CheckConstraint(condition=news.fields.IsNFC(models.F('caption')), name='news_image_caption_is_nfc'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Article',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', news.fields.LineField(max_length=300, verbose_name='title')),
                ('slug', models.SlugField(blank=True, help_text='The readable part of the address. Left empty, it is made from the title.', max_length=100, verbose_name='slug')),
                ('summary', news.fields.PlainTextField(blank=True, verbose_name='summary')),
                ('body', news.fields.HtmlField(blank=True, verbose_name='body')),
                ('status', models.CharField(choices=[('draft', 'draft'), ('in_review', 'in review'), ('published', 'published'), ('withdrawn', 'withdrawn'), ('unpublished', 'unpublished')], default='draft', max_length=12, verbose_name='status')),
                ('status_reason', news.fields.PlainTextField(blank=True, help_text='Shown to readers of a withdrawn article.', verbose_name='reason')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='withdrawn at')),
                ('published_at', news.fields.MomentField(blank=True, help_text='A time in the future schedules the article.', null=True, verbose_name='publication time')),
                ('first_published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='first published at')),
                ('updated_at', models.DateTimeField(blank=True, editable=False, help_text='When a change after publication was last announced to readers.', null=True, verbose_name='corrected at')),
                ('change_note', news.fields.PlainTextField(blank=True, help_text='What was corrected, for the readers.', verbose_name='correction note')),
                ('expires_at', news.fields.MomentField(blank=True, help_text='From then on the article is left out of lists; its address still answers.', null=True, verbose_name='expires at')),
                ('redirect_to', models.ForeignKey(blank=True, help_text='Where the address of an unpublished article leads; else it answers 410.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='news.article', verbose_name='article that replaces it')),
                ('category', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='articles', to='news.category', verbose_name='main category')),
                ('series', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='articles', to='news.series', verbose_name='event series')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='articles', to='news.author', verbose_name='author')),
                ('byline', news.fields.LineField(blank=True, help_text="Shown instead of the author's name, for example “Text and photos: A – B”.", max_length=200, verbose_name='author line')),
                ('origin', models.CharField(choices=[('own', 'own news'), ('sent_in', 'sent in'), ('republished', 're-published from the press'), ('press_release', 'press release')], default='own', max_length=15, verbose_name='origin')),
                ('source_name', news.fields.LineField(blank=True, max_length=200, verbose_name='source')),
                ('source_url', models.URLField(blank=True, max_length=1000, verbose_name='original address')),
                ('source_author', news.fields.LineField(blank=True, max_length=200, verbose_name='original author')),
                ('source_published_at', news.fields.MomentField(blank=True, null=True, verbose_name='originally published at')),
                ('lead_image', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='lead_of', to='news.image', verbose_name='lead picture')),
                ('lead_caption', news.fields.PlainTextField(blank=True, help_text="For this article; left empty, the picture's own caption is shown.", verbose_name='caption of the lead picture')),
                ('import_id', models.CharField(blank=True, editable=False, max_length=300, null=True, unique=True, verbose_name='import id')),
                ('import_digest', models.CharField(blank=True, editable=False, max_length=64, verbose_name='import digest')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
                ('more_categories', models.ManyToManyField(blank=True, related_name='+', to='news.category', verbose_name='more categories')),
                ('tags', models.ManyToManyField(blank=True, related_name='articles', to='news.tag', verbose_name='tags')),
            ],
            options={
                'verbose_name': 'article',
                'verbose_name_plural': 'articles',
                'ordering': [models.OrderBy(models.F('published_at'), descending=True, nulls_first=True), '-pk'],
                'permissions': [('publish_article', 'Can publish, correct and take back articles')],
                'indexes': [
                    models.Index(condition=models.Q(('status', 'published')), fields=['series', '-published_at'], name='news_article_of_series'),
                    models.Index(condition=models.Q(('status', 'published')), fields=['author', '-published_at'], name='news_article_of_author'),
                    models.Index(models.OrderBy(models.F('published_at'), descending=True, nulls_first=True), models.OrderBy(models.F('id'), descending=True), name='news_article_newest'),
                    models.Index(models.OrderBy(models.F('updated_at'), descending=True), condition=models.Q(('updated_at__isnull', False)), name='news_article_corrected'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'in_review']), ('published_at__isnull', False), _connector='OR'), name='news_article_public_status_has_published_at', violation_error_message='A published article needs its publication time.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['withdrawn', 'unpublished']), _negated=True), models.Q(('status_reason', ''), _negated=True), _connector='OR'), name='news_article_withdrawn_has_reason', violation_error_message='Say why the article is taken back.'),
                    models.CheckConstraint(condition=models.Q(('withdrawn_at', None), ('status', 'withdrawn'), _connector='OR'), name='news_article_withdrawn_at_is_of_a_withdrawn_one'),
                    models.CheckConstraint(condition=models.Q(('expires_at', None), ('published_at', None), ('expires_at__gt', models.F('published_at')), _connector='OR'), name='news_article_expires_after_publication', violation_error_message='The article would expire before it is published.'),
                    models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'in_review']), ('first_published_at__isnull', False), _connector='OR'), name='news_article_public_status_has_first_published_at'),
                    models.CheckConstraint(condition=models.Q(models.Q(('origin', 'republished'), _negated=True), models.Q(models.Q(('source_name', ''), _negated=True), models.Q(('source_url', ''), _negated=True)), _connector='OR'), name='news_article_republished_names_its_source', violation_error_message='A re-published article names its source and the original address.'),
                    models.CheckConstraint(condition=models.Q(('status__in', ['draft', 'in_review', 'published', 'withdrawn', 'unpublished'])), name='news_article_status_is_known'),
                    models.CheckConstraint(condition=models.Q(('origin__in', ['own', 'sent_in', 'republished', 'press_release'])), name='news_article_origin_is_known'),
                    models.CheckConstraint(condition=models.Q(('redirect_to', models.F('id')), _negated=True), name='news_article_does_not_redirect_to_itself'),
                    models.CheckConstraint(condition=models.Q(('slug', ''), _negated=True), name='news_article_has_a_slug'),
                    models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='news_article_has_a_title'),
                    models.CheckConstraint(condition=models.Q(('published_at__gte', datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('published_at__lt', datetime.datetime(2200, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), name='news_article_published_at_is_a_sane_moment'),
                    models.CheckConstraint(condition=models.Q(('expires_at__gte', datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('expires_at__lt', datetime.datetime(2200, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), name='news_article_expires_at_is_a_sane_moment'),
                    models.CheckConstraint(condition=models.Q(('source_published_at__gte', datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('source_published_at__lt', datetime.datetime(2200, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), name='news_article_source_published_at_is_sane'),
                    models.CheckConstraint(condition=news.fields.IsNFC(models.F('title')), name='news_article_title_is_nfc'),
                    models.CheckConstraint(condition=news.fields.IsNFC(models.F('summary')), name='news_article_summary_is_nfc'),
                    models.CheckConstraint(condition=news.fields.IsNFC(models.F('body')), name='news_article_body_is_nfc'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ArticleMoreCategory',
            fields=[
            ],
            options={
                'proxy': True,
                'default_permissions': (),
            },
            bases=('news.article_more_categories',),
        ),
        migrations.CreateModel(
            name='Attachment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='attachments', to='news.article', verbose_name='article')),
                ('file', models.FileField(editable=False, max_length=200, upload_to='', verbose_name='file')),
                ('title', news.fields.LineField(blank=True, max_length=200, verbose_name='title')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='position')),
                ('extension', models.CharField(editable=False, max_length=8, verbose_name='type')),
                ('content_type', models.CharField(editable=False, max_length=100)),
                ('size', models.PositiveIntegerField(editable=False, verbose_name='size in bytes')),
                ('sha256', models.CharField(editable=False, max_length=64, verbose_name='fingerprint')),
            ],
            options={
                'verbose_name': 'attachment',
                'verbose_name_plural': 'attachments',
                'ordering': ['position', 'pk'],
                'constraints': [
                    models.CheckConstraint(condition=news.fields.IsNFC(models.F('title')), name='news_attachment_title_is_nfc'),
                ],
            },
        ),
        migrations.CreateModel(
            name='AttachmentText',
            fields=[
                ('attachment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='extracted', serialize=False, to='news.attachment')),
                ('text', news.fields.PlainTextField(blank=True)),
            ],
            options={
                'default_permissions': (),
            },
        ),
        migrations.CreateModel(
            name='FeaturedSlot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.PositiveSmallIntegerField(unique=True, verbose_name='place')),
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='featured_slot', to='news.article', verbose_name='article')),
                ('until', news.fields.MomentField(blank=True, null=True, verbose_name='until')),
            ],
            options={
                'verbose_name': 'featured article',
                'verbose_name_plural': 'featured articles',
                'ordering': ['position'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('position__gte', 1), ('position__lte', 6)), name='news_featuredslot_position_1_to_6', violation_error_message='There are six places, numbered 1 to 6.'),
                    models.CheckConstraint(condition=models.Q(('until__gte', datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('until__lt', datetime.datetime(2200, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), name='news_featuredslot_until_is_a_sane_moment'),
                ],
            },
        ),
        migrations.CreateModel(
            name='OldAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=1000, unique=True, verbose_name='old address')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='old_addresses', to='news.article', verbose_name='article')),
            ],
            options={
                'verbose_name': 'old address',
                'verbose_name_plural': 'old addresses',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('path__startswith', '/')), name='news_oldaddress_path_starts_with_slash'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Listing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='listings', to='news.category')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='listings', to='news.article')),
                ('published_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [
                    models.Index(fields=['category', '-published_at', '-article'], include=('expires_at',), name='news_listing_newest'),
                    models.Index(condition=models.Q(('expires_at__isnull', False)), fields=['category', 'expires_at'], name='news_listing_expiring'),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('category', 'article'), name='news_listing_once_per_category', nulls_distinct=False),
                ],
            },
        ),
        migrations.CreateModel(
            name='ListingMonth',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.category')),
                ('month', models.DateField()),
                ('count', models.PositiveIntegerField(default=0)),
            ],
            options={
                'constraints': [
                    models.UniqueConstraint(fields=('category', 'month'), name='news_listingmonth_once_per_category', nulls_distinct=False),
                ],
            },
        ),
        migrations.CreateModel(
            name='SearchEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.article')),
                ('attachment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.attachment')),
                ('published_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField(null=True)),
                ('labels', models.TextField()),
                ('title', models.TextField()),
                ('title_key', models.TextField()),
                ('parts', models.TextField()),
                ('words', django.contrib.postgres.search.SearchVectorField()),
            ],
            options={
                'default_permissions': (),
                'indexes': [
                    django.contrib.postgres.indexes.GinIndex(condition=models.Q(('attachment', None)), fields=['title_key'], name='news_searchentry_title', opclasses=['gin_trgm_ops']),
                ],
                'constraints': [
                    models.UniqueConstraint(fields=('article', 'attachment'), name='news_searchentry_once_per_article_and_file', nulls_distinct=False),
                ],
            },
        ),
        migrations.CreateModel(
            name='SearchWords',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('words', models.CharField(max_length=100, verbose_name='words')),
                ('count', models.PositiveIntegerField(default=1, verbose_name='searches')),
                ('results', models.PositiveIntegerField(verbose_name='results')),
            ],
            options={
                'verbose_name': 'search words',
                'verbose_name_plural': 'search words',
                'default_permissions': ('view',),
                'constraints': [
                    models.UniqueConstraint(fields=('day', 'words'), name='news_searchwords_once_a_day'),
                ],
            },
        ),
        # Only a row longer than 2 kB is stored out of line; then all that is long leaves the table.
        # The titles stay: suggestions read them.
        migrations.RunSQL(
            """
            ALTER TABLE news_searchentry SET (toast_tuple_target = 128);
            ALTER TABLE news_searchentry ALTER COLUMN title_key SET STORAGE main;
            """,
            migrations.RunSQL.noop,
        ),
    ]
