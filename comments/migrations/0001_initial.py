"""The tables of comments, of the decisions on them, and of the rules they obey."""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import news.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('news', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='ConsentText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True, verbose_name='version')),
                ('text', news.fields.PlainTextField(help_text='Names purpose, data and the agency that processes them.', verbose_name='text')),
                ('valid_from', models.DateTimeField(verbose_name='valid from')),
            ],
            options={
                'verbose_name': 'consent text',
                'verbose_name_plural': 'consent texts',
                'ordering': ['-version'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='comments_consenttext_has_words'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Comment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('article', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='comments', to='news.article', verbose_name='article')),
                ('parent', models.ForeignKey(blank=True, db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='replies', to='comments.comment', verbose_name='answers to')),
                ('level', models.GeneratedField(db_persist=True, expression=models.Case(models.When(parent=None, then=models.Value(0)), default=models.Value(1)), output_field=models.SmallIntegerField())),
                ('parent_level', models.GeneratedField(db_persist=True, expression=models.Value(0), output_field=models.SmallIntegerField())),
                ('reply_count', models.PositiveIntegerField(default=0, editable=False, verbose_name='replies')),
                ('is_shown', models.GeneratedField(db_persist=True, expression=models.Case(models.When(status='approved', then=True), models.When(parent=None, published_at__isnull=False, reply_count__gt=0, then=True, withdrawn_at__isnull=False), default=False), output_field=models.BooleanField())),
                ('name', news.fields.LineField(max_length=60, verbose_name='name')),
                ('email', models.CharField(blank=True, max_length=254, verbose_name='e-mail')),
                ('text', news.fields.PlainTextField(verbose_name='text')),
                ('sent_text', news.fields.PlainTextField(blank=True, editable=False, verbose_name='text as it was sent')),
                ('status', models.CharField(choices=[('pending', 'pending'), ('approved', 'approved'), ('rejected', 'rejected'), ('spam', 'spam'), ('removed', 'removed')], default='pending', max_length=8, verbose_name='status')),
                ('hold_reason', models.CharField(blank=True, choices=[('every', 'every comment is looked at'), ('phrase', 'a listed phrase'), ('personal', 'personal data'), ('link', 'a link'), ('accents', 'no accents'), ('capitals', 'capital letters'), ('repetition', 'repeated characters'), ('', 'not held')], default='every', max_length=10, verbose_name='held because of')),
                ('findings', models.JSONField(blank=True, default=list, editable=False, verbose_name='findings')),
                ('is_official', models.BooleanField(default=False, verbose_name='official answer')),
                ('staff', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='answered by')),
                ('consent', models.ForeignKey(blank=True, db_index=False, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='comments.consenttext', verbose_name='consent')),
                ('consented_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='consented at')),
                ('network_hash', models.CharField(blank=True, editable=False, max_length=32, null=True)),
                ('email_hash', models.CharField(blank=True, editable=False, max_length=32, null=True)),
                ('status_key_hash', models.CharField(blank=True, editable=False, max_length=32, null=True)),
                ('fingerprint', models.CharField(blank=True, editable=False, max_length=32, null=True)),
                ('submitted_at', models.DateTimeField(verbose_name='sent at')),
                ('published_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='published at')),
                ('corrected_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='corrected at')),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='withdrawn by the sender at')),
                ('erased_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='erased at')),
            ],
            options={
                'verbose_name': 'comment',
                'verbose_name_plural': 'comments',
                'ordering': ['-pk'],
                'permissions': [('moderate_comment', 'Can decide on comments and answer officially')],
                'indexes': [
                    models.Index(condition=models.Q(('is_shown', True), ('parent', None)), fields=['article', '-id'], name='comments_threads_newest'),
                    models.Index(condition=models.Q(('parent__isnull', False)), fields=['parent', 'status', 'id'], name='comments_replies_in_order'),
                    models.Index(condition=models.Q(('is_official', True)), fields=['parent', 'status', 'id'], name='comments_official_answers'),
                    models.Index(condition=models.Q(('status', 'pending')), fields=['article', 'id'], name='comments_queue'),
                    models.Index(fields=['article', 'status'], name='comments_of_article'),
                    models.Index(condition=models.Q(('email_hash__isnull', False)), fields=['email_hash', 'status'], name='comments_of_email'),
                    models.Index(condition=models.Q(('network_hash__isnull', False)), fields=['network_hash'], name='comments_of_network'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('status__in', ['pending', 'approved', 'rejected', 'spam', 'removed'])), name='comments_comment_status_is_known'),
                    models.CheckConstraint(condition=models.Q(models.Q(('status', 'approved'), _negated=True), ('published_at__isnull', False), _connector='OR'), name='comments_comment_approved_has_published_at'),
                    models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['pending', 'rejected']), _negated=True), ('published_at', None), _connector='OR'), name='comments_comment_waiting_or_rejected_was_never_published'),
                    models.CheckConstraint(condition=models.Q(models.Q(('is_official', False), ('staff', None)), models.Q(('is_official', True), ('parent__isnull', False), ('staff__isnull', False)), _connector='OR'), name='comments_comment_official_answer_names_its_staff'),
                    models.CheckConstraint(condition=models.Q(models.Q(('is_official', True), _negated=True), ('status__in', ['approved', 'removed']), _connector='OR'), name='comments_comment_official_answer_is_not_held'),
                    models.CheckConstraint(condition=models.Q(('is_official', True), models.Q(('consent__isnull', False), ('consented_at__isnull', False)), _connector='OR'), name='comments_comment_reader_gave_consent'),
                    models.CheckConstraint(condition=models.Q(('sent_text', ''), ('corrected_at__isnull', False), _connector='OR'), name='comments_comment_only_corrected_keeps_sent_text'),
                    models.CheckConstraint(condition=models.Q(('withdrawn_at', None), ('status', 'removed'), _connector='OR'), name='comments_comment_withdrawn_is_removed'),
                    models.CheckConstraint(condition=models.Q(('erased_at', None), models.Q(('email', ''), ('email_hash', None), ('fingerprint', None), ('name', ''), ('network_hash', None), ('sent_text', ''), ('status', 'removed'), ('status_key_hash', None), ('text', '')), _connector='OR'), name='comments_comment_erased_keeps_nothing_of_the_sender'),
                    models.CheckConstraint(condition=models.Q(('erased_at__isnull', False), models.Q(django.db.models.lookups.GreaterThanOrEqual(django.db.models.functions.text.Length('name'), 1), django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('name'), 60)), _connector='OR'), name='comments_comment_name_1_to_60'),
                    models.CheckConstraint(condition=models.Q(('erased_at__isnull', False), models.Q(('is_official', True), django.db.models.lookups.GreaterThanOrEqual(django.db.models.functions.text.Length('text'), 1), django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('text'), 5000)), models.Q(django.db.models.lookups.GreaterThanOrEqual(django.db.models.functions.text.Length('text'), 10), django.db.models.lookups.LessThanOrEqual(django.db.models.functions.text.Length('text'), 2000)), _connector='OR'), name='comments_comment_text_10_to_2000'),
                    models.CheckConstraint(condition=news.fields.IsNFC(models.F('name')), name='comments_comment_name_is_nfc'),
                    models.CheckConstraint(condition=news.fields.IsNFC(models.F('text')), name='comments_comment_text_is_nfc'),
                    models.UniqueConstraint(condition=models.Q(('fingerprint__isnull', False)), fields=('fingerprint',), name='comments_comment_same_text_once_per_sender'),
                    models.UniqueConstraint(condition=models.Q(('status_key_hash__isnull', False)), fields=('status_key_hash',), name='comments_comment_status_key_once'),
                ],
            },
        ),
        migrations.CreateModel(
            name='CommentTally',
            fields=[
                ('article', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='comment_tally', serialize=False, to='news.article', verbose_name='article')),
                ('approved', models.IntegerField(default=0, verbose_name='comments')),
                ('threads', models.IntegerField(default=0, verbose_name='threads')),
            ],
            options={
                'verbose_name': 'tally of comments',
                'verbose_name_plural': 'tallies of comments',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('approved__gte', models.F('threads')), ('threads__gte', 0)), name='comments_commenttally_counts_agree'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Decision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='decisions', to='comments.comment', verbose_name='comment')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('at', models.DateTimeField(verbose_name='at')),
                ('action', models.CharField(choices=[('approve', 'approve'), ('reject', 'reject'), ('spam', 'mark as spam'), ('remove', 'remove'), ('restore', 'restore'), ('correct', 'correct the spelling'), ('reply', 'answer officially'), ('amend', 'amended by the sender'), ('withdraw', 'withdrawn by the sender'), ('erase', 'erase')], max_length=8, verbose_name='action')),
                ('from_status', models.CharField(choices=[('pending', 'pending'), ('approved', 'approved'), ('rejected', 'rejected'), ('spam', 'spam'), ('removed', 'removed')], max_length=8, verbose_name='from')),
                ('to_status', models.CharField(choices=[('pending', 'pending'), ('approved', 'approved'), ('rejected', 'rejected'), ('spam', 'spam'), ('removed', 'removed')], max_length=8, verbose_name='to')),
                ('reason', models.CharField(blank=True, choices=[('unlawful', 'against the law'), ('insult', 'insults a person or an organisation'), ('false', 'false information'), ('personal', 'discloses personal data or state secrets'), ('advertising', 'advertising, spam'), ('off_topic', 'not about the article'), ('unreadable', 'without accents, hard to read'), ('duplicate', 'a duplicate'), ('other', 'another reason')], max_length=11, verbose_name='reason')),
                ('message', news.fields.PlainTextField(blank=True, help_text="Shown on the sender's status page.", verbose_name='told to the sender')),
                ('note', news.fields.PlainTextField(blank=True, help_text='For the office alone.', verbose_name='note')),
            ],
            options={
                'verbose_name': 'decision',
                'verbose_name_plural': 'decisions',
                'ordering': ['-pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('action__in', ['reject', 'remove']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='comments_decision_refusal_has_reason', violation_error_message='Choose the reason.'),
                    models.CheckConstraint(condition=models.Q(models.Q(('action__in', ['reject', 'spam', 'remove', 'restore', 'correct', 'reply']), _negated=True), ('by__isnull', False), _connector='OR'), name='comments_decision_of_staff_names_them'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('comment', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='comments.comment', verbose_name='comment')),
                ('kind', models.CharField(choices=[('reader', 'of a reader'), ('authority', 'of an authority')], default='reader', max_length=9, verbose_name='complaint')),
                ('reason', models.CharField(choices=[('unlawful', 'against the law'), ('insult', 'insults a person or an organisation'), ('false', 'false information'), ('personal', 'discloses personal data or state secrets'), ('advertising', 'advertising, spam'), ('off_topic', 'not about the article'), ('unreadable', 'without accents, hard to read'), ('duplicate', 'a duplicate'), ('other', 'another reason')], max_length=11, verbose_name='reason')),
                ('text', news.fields.PlainTextField(blank=True, verbose_name='explanation')),
                ('network_hash', models.CharField(blank=True, editable=False, max_length=32, null=True)),
                ('received_at', models.DateTimeField(verbose_name='received at')),
                ('due_at', models.DateTimeField(verbose_name='due at')),
                ('handled_at', models.DateTimeField(blank=True, null=True, verbose_name='handled at')),
                ('handled_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='handled by')),
                ('outcome', models.CharField(blank=True, choices=[('upheld', 'upheld'), ('dismissed', 'dismissed')], max_length=9, verbose_name='outcome')),
                ('note', news.fields.PlainTextField(blank=True, verbose_name='note')),
            ],
            options={
                'verbose_name': 'complaint',
                'verbose_name_plural': 'complaints',
                'ordering': ['due_at', 'pk'],
                'indexes': [
                    models.Index(condition=models.Q(('handled_at', None)), fields=['due_at'], name='comments_report_open'),
                ],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('due_at__gt', models.F('received_at'))), name='comments_report_is_due_after_it_came'),
                    models.CheckConstraint(condition=models.Q(models.Q(('handled_at', None), ('handled_by', None), ('outcome', '')), models.Q(('handled_at__isnull', False), ('handled_by__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='comments_report_handled_says_by_whom_and_how'),
                    models.UniqueConstraint(condition=models.Q(('handled_at', None), ('network_hash__isnull', False)), fields=('comment', 'network_hash'), name='comments_report_open_once_per_sender'),
                ],
            },
        ),
        migrations.CreateModel(
            name='CannedReason',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', news.fields.LineField(max_length=100, verbose_name='title')),
                ('reason', models.CharField(choices=[('unlawful', 'against the law'), ('insult', 'insults a person or an organisation'), ('false', 'false information'), ('personal', 'discloses personal data or state secrets'), ('advertising', 'advertising, spam'), ('off_topic', 'not about the article'), ('unreadable', 'without accents, hard to read'), ('duplicate', 'a duplicate'), ('other', 'another reason')], max_length=11, verbose_name='reason')),
                ('text', news.fields.PlainTextField(verbose_name='told to the sender')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='position')),
            ],
            options={
                'verbose_name': 'canned reason',
                'verbose_name_plural': 'canned reasons',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='CommentSettings',
            fields=[
                ('id', models.PositiveSmallIntegerField(default=1, editable=False, primary_key=True, serialize=False)),
                ('controller', news.fields.LineField(blank=True, help_text='Named in the built-in consent text and before official answers.', max_length=200, verbose_name='agency that processes the data')),
                ('privacy_page', models.CharField(blank=True, help_text='A page of this site, beginning with a slash.', max_length=300, verbose_name='address of the privacy policy')),
                ('reserved_names', models.TextField(blank=True, help_text='One a line. No reader may send a comment under a name that contains one.', verbose_name='reserved names')),
                ('closes_after_days', models.PositiveSmallIntegerField(default=90, help_text='Counted from publication; 0 leaves them open.', verbose_name='days until comments close')),
                ('trust_after', models.PositiveSmallIntegerField(default=0, help_text='A sender with so many approved comments under the same e-mail address is published at once, unless a rule finds something. 0: everyone waits.', verbose_name='approvals until a sender is trusted')),
                ('links_allowed', models.PositiveSmallIntegerField(default=0, verbose_name='links allowed in a comment')),
                ('seconds_to_fill_in', models.PositiveSmallIntegerField(default=3, help_text='Who is faster is asked to send again.', verbose_name='least seconds to fill in the form')),
                ('seconds_between', models.PositiveSmallIntegerField(default=30, verbose_name='seconds between two comments of one sender')),
                ('per_hour_and_network', models.PositiveIntegerField(default=60, help_text='A whole office or school may stand behind one network.', validators=[django.core.validators.MinValueValidator(1)], verbose_name='comments an hour from one network')),
                ('retention_months', models.PositiveSmallIntegerField(default=12, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(120)], verbose_name='months until personal data are erased')),
            ],
            options={
                'verbose_name': 'rules for comments',
                'verbose_name_plural': 'rules for comments',
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('id', 1)), name='comments_commentsettings_is_one_row'),
                    models.CheckConstraint(condition=models.Q(('retention_months__gte', 1), ('retention_months__lte', 120)), name='comments_commentsettings_retention_1_to_120_months'),
                    models.CheckConstraint(condition=models.Q(('per_hour_and_network__gte', 1)), name='comments_commentsettings_lets_somebody_send'),
                    models.CheckConstraint(condition=models.Q(('privacy_page', ''), models.Q(('privacy_page__startswith', '/'), models.Q(('privacy_page__startswith', '//'), _negated=True)), _connector='OR'), name='comments_commentsettings_privacy_page_is_ours', violation_error_message='A page of this site, beginning with a slash.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='CommentSwitch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.category', verbose_name='category')),
                ('article', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.article', verbose_name='article')),
                ('is_open', models.BooleanField(verbose_name='comments are open')),
            ],
            options={
                'verbose_name': 'comment switch',
                'verbose_name_plural': 'comment switches',
                'ordering': ['pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('category', 'article'), name='comments_commentswitch_once_per_place', nulls_distinct=False, violation_error_message='There is a switch for this already.'),
                    models.CheckConstraint(condition=models.Q(('category', None), ('article', None), _connector='OR'), name='comments_commentswitch_for_one_place', violation_error_message='Choose a category or an article, not both.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='ListedPhrase',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('phrase', news.fields.LineField(max_length=100, unique=True, verbose_name='phrase')),
                ('accents_matter', models.BooleanField(default=False, help_text='If not, the phrase is found without its accents too.', verbose_name='accents matter')),
            ],
            options={
                'verbose_name': 'listed phrase',
                'verbose_name_plural': 'listed phrases',
                'ordering': ['phrase'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('phrase', ''), _negated=True), name='comments_listedphrase_has_words'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Block',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('network', 'network'), ('email', 'e-mail')], max_length=7, verbose_name='known by')),
                ('key', models.CharField(max_length=32, verbose_name='keyed hash')),
                ('reason', news.fields.PlainTextField(verbose_name='reason')),
                ('until', models.DateTimeField(verbose_name='until')),
                ('by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='by')),
                ('created_at', models.DateTimeField(verbose_name='since')),
            ],
            options={
                'verbose_name': 'blocked sender',
                'verbose_name_plural': 'blocked senders',
                'ordering': ['-pk'],
                'constraints': [
                    models.UniqueConstraint(fields=('kind', 'key'), name='comments_block_once_per_sender'),
                    models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='comments_block_has_reason'),
                    models.CheckConstraint(condition=models.Q(('until__gt', models.F('created_at'))), name='comments_block_lasts_a_while'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SendLimit',
            fields=[
                ('key', models.CharField(max_length=32, primary_key=True, serialize=False)),
                ('since', models.DateTimeField()),
                ('count', models.PositiveIntegerField()),
            ],
            options={
                'indexes': [
                    models.Index(fields=['since'], name='comments_sendlimit_past'),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name='comment',
            constraint=models.UniqueConstraint(fields=('id', 'article', 'level'), name='comments_comment_place'),
        ),
        # A reply answers a comment of the same article that is no reply itself: three columns, which
        # no ForeignKey of Django has. Deferred as Django's own are: whole threads are deleted row by row.
        migrations.RunSQL(
            """
            ALTER TABLE comments_comment ADD CONSTRAINT comments_comment_answers_a_comment_of_its_article
            FOREIGN KEY (parent_id, article_id, parent_level)
            REFERENCES comments_comment (id, article_id, level) DEFERRABLE INITIALLY DEFERRED
            """,
            "ALTER TABLE comments_comment DROP CONSTRAINT comments_comment_answers_a_comment_of_its_article",
        ),
    ]
