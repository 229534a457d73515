"""The tables of the frame of a page, of pages, and of redirects."""

import datetime
import django.db.models.deletion
import django.db.models.functions.comparison
import django.db.models.lookups
import news.fields
import portal.models.addresses
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('news', '0001_initial'),
        ('portal', '0001_user'),
    ]

    operations = [
        migrations.CreateModel(
            name='SiteIdentity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('valid_from', models.DateField(unique=True, verbose_name='valid from')),
                ('name', news.fields.LineField(max_length=200, verbose_name='official name')),
                ('name_en', news.fields.LineField(blank=True, max_length=200, verbose_name='official name in English')),
                ('kind', news.fields.LineField(default='Cổng thông tin điện tử', max_length=100, verbose_name='kind of site')),
                ('kind_en', news.fields.LineField(blank=True, default='Web portal', max_length=100, verbose_name='kind of site in English')),
                ('parent_name', news.fields.LineField(blank=True, max_length=200, verbose_name='superior agency')),
                ('parent_name_en', news.fields.LineField(blank=True, max_length=200, verbose_name='superior agency in English')),
                ('former_name', news.fields.LineField(blank=True, max_length=300, verbose_name='former name')),
                ('slogan', news.fields.LineField(blank=True, max_length=200, verbose_name='slogan')),
                ('emblem', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='news.image', verbose_name='emblem')),
                ('banner', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='news.image', verbose_name='banner picture')),
                ('managing_agency', news.fields.LineField(blank=True, max_length=200, verbose_name='managing agency')),
                ('governing_agency', news.fields.LineField(blank=True, max_length=200, verbose_name='governing agency')),
                ('address', news.fields.LineField(blank=True, max_length=300, verbose_name='address')),
                ('phone', news.fields.LineField(blank=True, max_length=100, verbose_name='telephone')),
                ('fax', news.fields.LineField(blank=True, max_length=100, verbose_name='fax')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('responsible_person', news.fields.LineField(blank=True, help_text='Name and post of the person in charge.', max_length=200, verbose_name='responsible for the content')),
                ('licence', news.fields.LineField(blank=True, help_text='Only if the site needs one: state portals do not.', max_length=300, verbose_name='licence')),
                ('reuse_sentence', news.fields.PlainTextField(blank=True, help_text='How others must name the source when they quote the news.', verbose_name='re-use sentence')),
                ('copyright_line', news.fields.LineField(blank=True, max_length=200, verbose_name='copyright line')),
            ],
            options={
                'verbose_name': 'identity of the agency',
                'verbose_name_plural': 'identity of the agency',
                'ordering': ['-valid_from'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='portal_siteidentity_has_a_name'),
                    models.CheckConstraint(condition=news.fields.IsNFC(models.F('name')), name='portal_siteidentity_name_is_nfc'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Page',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', news.fields.LineField(max_length=200, verbose_name='title')),
                ('title_en', news.fields.LineField(blank=True, max_length=200, verbose_name='title in English')),
                ('slug', models.SlugField(blank=True, error_messages={'unique': 'Another page has this address already.'}, help_text='The last part of the address. Left empty, it is made from the title.', max_length=100, unique=True, verbose_name='slug')),
                ('body', news.fields.HtmlField(blank=True, verbose_name='body')),
                ('body_en', news.fields.HtmlField(blank=True, verbose_name='body in English')),
                ('is_public', models.BooleanField(default=True, verbose_name='public')),
                ('is_in_footer', models.BooleanField(default=False, verbose_name='linked in the footer')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='position')),
                ('updated_at', models.DateTimeField(auto_now=True, verbose_name='updated at')),
            ],
            options={
                'verbose_name': 'page',
                'verbose_name_plural': 'pages',
                'ordering': ['position', 'pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('slug', ''), _negated=True), name='portal_page_has_a_slug'),
                    models.CheckConstraint(condition=news.fields.IsNFC(models.F('title')), name='portal_page_title_is_nfc'),
                    models.CheckConstraint(condition=news.fields.IsNFC(models.F('body')), name='portal_page_body_is_nfc'),
                ],
            },
        ),
        migrations.CreateModel(
            name='MenuItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('parent', models.ForeignKey(blank=True, limit_choices_to={'parent': None}, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='children', to='portal.menuitem', verbose_name='parent entry')),
                ('label', news.fields.LineField(blank=True, help_text="Left empty: the target's own name.", max_length=80, verbose_name='label')),
                ('label_en', news.fields.LineField(blank=True, max_length=80, verbose_name='label in English')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.category', verbose_name='category')),
                ('page', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='portal.page', verbose_name='page')),
                ('address', models.CharField(blank=True, help_text='For example / or https://dichvucong.gov.vn/', max_length=500, validators=[portal.models.addresses.validate_address], verbose_name='address')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='position')),
            ],
            options={
                'verbose_name': 'menu entry',
                'verbose_name_plural': 'menu',
                'ordering': ['position', 'pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('address', ''), ('category__isnull', False), ('page', None)), models.Q(('address', ''), ('category', None), ('page__isnull', False)), models.Q(('category', None), ('page', None), models.Q(('address', ''), _negated=True), models.Q(('label', ''), _negated=True)), _connector='OR'), name='portal_menuitem_has_one_target', violation_error_message='Choose exactly one target: a category, a page, or an address with a label.'),
                    models.CheckConstraint(condition=models.Q(('parent', models.F('id')), _negated=True), name='portal_menuitem_is_not_its_own_parent'),
                ],
            },
        ),
        migrations.CreateModel(
            name='LinkGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', news.fields.LineField(max_length=100, unique=True, verbose_name='name')),
                ('name_en', news.fields.LineField(blank=True, max_length=100, verbose_name='name in English')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='position')),
            ],
            options={
                'verbose_name': 'group of links',
                'verbose_name_plural': 'groups of links',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Link',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='portal.linkgroup', verbose_name='group')),
                ('label', news.fields.LineField(max_length=150, verbose_name='label')),
                ('address', models.CharField(max_length=500, validators=[portal.models.addresses.validate_address], verbose_name='address')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='position')),
            ],
            options={
                'verbose_name': 'link',
                'verbose_name_plural': 'links',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='HomeBlock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('featured', 'featured news'), ('newest', 'newest news'), ('category', 'one category'), ('categories', 'all categories marked “shown on the home page”')], max_length=12, verbose_name='kind')),
                ('title', news.fields.LineField(blank=True, help_text='Left empty: the usual heading.', max_length=100, verbose_name='heading')),
                ('title_en', news.fields.LineField(blank=True, max_length=100, verbose_name='heading in English')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.category', verbose_name='category')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='position')),
                ('is_public', models.BooleanField(default=True, verbose_name='public')),
            ],
            options={
                'verbose_name': 'home page block',
                'verbose_name_plural': 'home page blocks',
                'ordering': ['position', 'pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('category__isnull', False), ('kind', 'category')), models.Q(models.Q(('kind', 'category'), _negated=True), ('category', None)), _connector='OR'), name='portal_homeblock_category_goes_with_its_kind', violation_error_message='Choose a category for the kind “one category”, and for no other.'),
                    models.CheckConstraint(condition=models.Q(('kind__in', ['featured', 'newest', 'category', 'categories'])), name='portal_homeblock_kind_is_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='SidebarBlock',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('map', 'map'), ('songs', 'songs about the place'), ('links', 'website links'), ('banner', 'picture with a link')], max_length=10, verbose_name='kind')),
                ('title', news.fields.LineField(blank=True, help_text='Left empty: the usual heading.', max_length=100, verbose_name='heading')),
                ('title_en', news.fields.LineField(blank=True, max_length=100, verbose_name='heading in English')),
                ('image', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='news.image', verbose_name='picture')),
                ('link', models.CharField(blank=True, max_length=500, validators=[portal.models.addresses.validate_address], verbose_name='link')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='position')),
                ('is_public', models.BooleanField(default=True, verbose_name='public')),
            ],
            options={
                'verbose_name': 'sidebar block',
                'verbose_name_plural': 'sidebar blocks',
                'ordering': ['position', 'pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('image__isnull', False), ('kind', 'banner')), models.Q(models.Q(('kind', 'banner'), _negated=True), ('image', None)), _connector='OR'), name='portal_sidebarblock_picture_goes_with_its_kind', violation_error_message='Choose a picture for the kind “picture with a link”, and for no other.'),
                    models.CheckConstraint(condition=models.Q(('kind__in', ['map', 'songs', 'links', 'banner'])), name='portal_sidebarblock_kind_is_known'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Song',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', news.fields.LineField(max_length=150, verbose_name='title')),
                ('composer', news.fields.LineField(blank=True, max_length=150, verbose_name='composer')),
                ('singer', news.fields.LineField(blank=True, max_length=150, verbose_name='singer')),
                ('file', models.FileField(blank=True, editable=False, max_length=200, upload_to='', verbose_name='sound file')),
                ('link', models.CharField(blank=True, max_length=500, validators=[portal.models.addresses.validate_address], verbose_name='link')),
                ('licence_note', news.fields.LineField(blank=True, max_length=200, verbose_name='licence note')),
                ('position', models.PositiveIntegerField(default=0, verbose_name='position')),
                ('is_public', models.BooleanField(default=True, verbose_name='public')),
            ],
            options={
                'verbose_name': 'song',
                'verbose_name_plural': 'songs',
                'ordering': ['position', 'pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(models.Q(('file', ''), _negated=True), models.Q(('link', ''), _negated=True), _connector='OR'), name='portal_song_has_file_or_link', violation_error_message='A song needs a sound file or a link.'),
                    models.CheckConstraint(condition=news.fields.IsNFC(models.F('title')), name='portal_song_title_is_nfc'),
                ],
            },
        ),
        migrations.CreateModel(
            name='WardMap',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', news.fields.LineField(max_length=150, verbose_name='heading')),
                ('title_en', news.fields.LineField(blank=True, max_length=150, verbose_name='heading in English')),
                ('image', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='news.image', verbose_name='picture')),
                ('description', news.fields.PlainTextField(blank=True, help_text='Where things lie, for readers who cannot see the map.', verbose_name='map in words')),
                ('service_link', models.CharField(blank=True, max_length=500, validators=[portal.models.addresses.validate_address], verbose_name='map service')),
                ('is_current', models.BooleanField(default=True, verbose_name='in use')),
            ],
            options={
                'verbose_name': 'map',
                'verbose_name_plural': 'maps',
                'ordering': ['pk'],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('is_current', True)), fields=('is_current',), name='portal_wardmap_one_in_use', violation_error_message='Another map is in use; take that one out of use first.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='AlertBanner',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', news.fields.LineField(max_length=300, verbose_name='text')),
                ('text_en', news.fields.LineField(blank=True, max_length=300, verbose_name='text in English')),
                ('link', models.CharField(blank=True, max_length=500, validators=[portal.models.addresses.validate_address], verbose_name='link')),
                ('level', models.CharField(choices=[('notice', 'notice'), ('warning', 'warning'), ('danger', 'danger')], default='notice', max_length=10, verbose_name='level')),
                ('starts_at', news.fields.MomentField(verbose_name='starts at')),
                ('ends_at', news.fields.MomentField(verbose_name='ends at')),
            ],
            options={
                'verbose_name': 'alert banner',
                'verbose_name_plural': 'alert banners',
                'ordering': ['-starts_at'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='portal_alertbanner_ends_after_it_starts', violation_error_message='The end must come after the start.'),
                    models.CheckConstraint(condition=models.Q(('level__in', ['notice', 'warning', 'danger'])), name='portal_alertbanner_level_is_known'),
                    models.CheckConstraint(condition=models.Q(('starts_at__gte', datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('starts_at__lt', datetime.datetime(2200, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), name='portal_alertbanner_starts_at_is_a_sane_moment'),
                    models.CheckConstraint(condition=models.Q(('ends_at__gte', datetime.datetime(1900, 1, 1, 0, 0, tzinfo=datetime.timezone.utc)), ('ends_at__lt', datetime.datetime(2200, 1, 1, 0, 0, tzinfo=datetime.timezone.utc))), name='portal_alertbanner_ends_at_is_a_sane_moment'),
                    models.CheckConstraint(condition=news.fields.IsNFC(models.F('text')), name='portal_alertbanner_text_is_nfc'),
                ],
            },
        ),
        migrations.CreateModel(
            name='Redirect',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(error_messages={'unique': 'There is a redirect from this address already.'}, max_length=1000, unique=True, verbose_name='old address')),
                ('article', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.article', verbose_name='article')),
                ('category', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.category', verbose_name='category')),
                ('tag', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.tag', verbose_name='tag')),
                ('series', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.series', verbose_name='event series')),
                ('author', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='news.author', verbose_name='author')),
                ('page', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='portal.page', verbose_name='page')),
                ('address', models.CharField(blank=True, max_length=1000, validators=[portal.models.addresses.validate_address], verbose_name='new address')),
                ('created_at', models.DateTimeField(auto_now_add=True, verbose_name='created at')),
                ('created_by', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='created by')),
            ],
            options={
                'verbose_name': 'redirect',
                'verbose_name_plural': 'redirects',
                'ordering': ['-pk'],
                'constraints': [
                    models.CheckConstraint(condition=models.Q(('path__startswith', '/')), name='portal_redirect_path_starts_with_slash'),
                    models.CheckConstraint(condition=django.db.models.lookups.Exact(models.Func('article', 'category', 'tag', 'series', 'author', 'page', django.db.models.functions.comparison.NullIf('address', models.Value('')), function='num_nonnulls', output_field=models.IntegerField()), 1), name='portal_redirect_has_one_target', violation_error_message='Choose exactly one target.'),
                ],
            },
        ),
        migrations.CreateModel(
            name='MissingAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=300, unique=True, verbose_name='missing address')),
                ('count', models.PositiveBigIntegerField(default=1, verbose_name='times')),
                ('first_seen_at', models.DateTimeField(verbose_name='first seen')),
                ('last_seen_on', models.DateField(verbose_name='last seen')),
                ('referrer_host', models.CharField(blank=True, max_length=253, verbose_name='linked from')),
            ],
            options={
                'verbose_name': 'missing address',
                'verbose_name_plural': 'missing addresses',
                'ordering': ['-count', 'pk'],
            },
        ),
    ]
