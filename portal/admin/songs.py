"""Songs about the place, with their sound files."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.core.files.storage import InMemoryStorage
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from news import documents
from news.staff_admin.model_admin import StaffAdmin
from portal.models import Song
from portal.services.songs import delete_song, save_song


class SongForm(forms.ModelForm):
    upload = forms.FileField(
        label=capfirst(gettext_lazy("sound file to upload")),
        required=False,
        help_text=gettext_lazy("MP3, Ogg or M4A, at most 20 MB; it replaces the earlier file."),
        widget=forms.FileInput(attrs={"accept": ".mp3,.ogg,.oga,.m4a"}),
    )

    class Meta:
        model = Song
        fields = ["title", "composer", "singer", "link", "licence_note", "position", "is_public"]

    def clean(self) -> dict[str, object]:
        data = super().clean() or self.cleaned_data
        upload = data.get("upload")
        if upload is not None:
            try:
                # Checked here, so that the error is shown beside the field; stored in save_model.
                documents.store_audio(upload, "", storage=InMemoryStorage())
            except ValidationError as refusal:
                self.add_error("upload", refusal.messages)
        elif not (self.instance.file or data.get("link")) and not self.errors:
            raise ValidationError(_("A song needs a sound file or a link."))
        return data


@admin.register(Song)
class SongAdmin(StaffAdmin):
    form = SongForm
    fields = [
        *("title", "composer", "singer", "player", "upload", "link", "licence_note"),
        *("position", "is_public"),
    ]
    readonly_fields = ["player"]
    list_display = ["title", "composer", "singer", "position", "is_public"]
    list_editable = ["position", "is_public"]
    search_fields = ["title", "composer", "singer"]

    @admin.display(description=gettext_lazy("sound file"))
    def player(self, song: Song) -> str:
        if not song.file:
            return "–"
        return format_html('<audio controls preload="none" src="{}"></audio>', song.file.url)

    def save_model(
        self, request: HttpRequest, obj: Song, form: forms.ModelForm, change: bool
    ) -> None:
        save_song(song=obj, upload=form.cleaned_data.get("upload"))

    def delete_model(self, request: HttpRequest, obj: Song) -> None:
        delete_song(song=obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Song]) -> None:
        for song in queryset:
            delete_song(song=song)
