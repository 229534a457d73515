"""The media library: a grid of pictures, upload of several at once, and the choice of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.clickjacking import xframe_options_sameorigin

from news import library, services
from news.models import Image
from news.staff_admin.model_admin import StaffAdmin
from news.staff_admin.widgets import picture_data

if TYPE_CHECKING:
    from news.staff_admin.model_admin import DeletedObjects, Objects

UPLOADS_AT_ONCE = 5


class UploadForm(forms.ModelForm):
    """One picture to upload, with its texts."""

    upload = forms.FileField(
        label=capfirst(gettext_lazy("picture file")),
        help_text=gettext_lazy("JPEG, PNG, WebP or GIF, at most 10 MB."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/gif"}),
    )

    class Meta:
        model = Image
        fields = ["upload", "alt", "is_decorative", "caption", "credit"]
        widgets = {"alt": forms.Textarea({"rows": 2}), "caption": forms.Textarea({"rows": 2})}


UploadFormSet = forms.formset_factory(
    UploadForm, extra=UPLOADS_AT_ONCE, max_num=UPLOADS_AT_ONCE, absolute_max=UPLOADS_AT_ONCE
)


class UnusedFilter(admin.SimpleListFilter):
    title = gettext_lazy("use")
    parameter_name = "use"

    def lookups(self, request: HttpRequest, model_admin: admin.ModelAdmin) -> list[tuple[str, str]]:
        return [("unused", capfirst(_("shown nowhere")))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> QuerySet[Image]:
        if self.value() == "unused":
            # A transaction: it may take longer than a page for readers.
            with transaction.atomic():
                return queryset.filter(
                    pk__in=list(library.unused_images().values_list("pk", flat=True))
                )
        return queryset


@admin.register(Image)
class ImageAdmin(StaffAdmin):
    fields = ["preview", "alt", "is_decorative", "caption", "credit", "facts", "shown_in"]
    readonly_fields = ["preview", "facts", "shown_in"]
    list_display = ["__str__"]
    list_filter = [UnusedFilter, "is_decorative", "created_at"]
    list_per_page = 60
    search_fields = ["alt", "caption", "credit", "original_name"]

    @admin.display(description=gettext_lazy("picture"))
    def preview(self, image: Image) -> str:
        return format_html(
            '<a href="{}"><img class="picture-preview" src="{}" srcset="{}" sizes="30rem" '
            'width="{}" height="{}" alt="{}"></a>',
            *(image.url, image.url, image.srcset, image.width, image.height, image.alt),
        )

    @admin.display(description=gettext_lazy("file"))
    def facts(self, image: Image) -> str:
        return _("%(width)s × %(height)s pixels, %(size)s KB; sent as “%(name)s”") % {
            "width": image.width,
            "height": image.height,
            "size": -(-image.size // 1024),
            "name": image.original_name,
        }

    @admin.display(description=gettext_lazy("shown in"))
    def shown_in(self, image: Image) -> str:
        places = [
            f"{place._meta.verbose_name}: {place}" for place in library.uses_of([image])[image.pk]
        ]
        return "; ".join(places) or _("nowhere")

    # --- Uploading ----------------------------------------------------------------------------

    @method_decorator(xframe_options_sameorigin)
    def add_view(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        """Store up to five pictures; each is accepted or refused separately."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        formset = UploadFormSet(request.POST or None, request.FILES or None)
        shown = list(formset)
        choose_again = False
        if request.method == "POST":
            stored, refused = self._store_valid(request, shown)
            if stored:
                message = ngettext(
                    "%(count)d picture is in the library.",
                    "%(count)d pictures are in the library.",
                    len(stored),
                )
                messages.success(request, message % {"count": len(stored)})
            if stored and not refused:
                return self._after_upload(request, stored)
            shown, choose_again = refused or list(UploadFormSet()), True
        is_picking = "pick" in request.GET
        return TemplateResponse(
            request,
            "admin/news/image/upload.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Add pictures"),
                "opts": self.opts,
                "forms": shown,
                "management_form": UploadFormSet().management_form,
                "choose_again": choose_again,
                "is_popup": "_popup" in request.GET,
                "is_picking": is_picking,
                "has_view_permission": self.has_view_permission(request),
            },
        )

    def _store_valid(
        self, request: HttpRequest, sent: list[UploadForm]
    ) -> tuple[list[Image], list[UploadForm]]:
        """Store the pictures of the valid forms; return them and the refused forms."""
        stored, refused = [], []
        for form in sent:
            if not form.has_changed():
                continue
            image = self._store_one(request, form) if form.is_valid() else None
            if image is None:
                refused.append(form)
                continue
            self.log_addition(request, image, [{"added": {}}])
            stored.append(image)
        first = sent[0] if sent else None
        if first is not None and not stored and not refused:
            # Nothing was filled in: show what is missing.
            first.empty_permitted = False
            first.full_clean()
            refused.append(first)
        return stored, refused

    def _store_one(self, request: HttpRequest, form: UploadForm) -> Image | None:
        values = {name: form.cleaned_data[name] for name in form.fields}
        try:
            return services.add_image(**values, by=request.user)
        except ValidationError as error:
            form.add_error("upload", error.messages)
            return None

    def _after_upload(self, request: HttpRequest, images: Sequence[Image]) -> HttpResponse:
        if "pick" in request.GET:
            return HttpResponseRedirect(reverse("admin:news_image_pick"))
        if "_popup" in request.GET:
            return self.response_add(request, images[-1])
        return HttpResponseRedirect(reverse("admin:news_image_changelist"))

    # --- Choosing a picture -------------------------------------------------------------------

    def get_urls(self) -> list[URLPattern]:
        pick = self.admin_site.admin_view(self.pick_view)
        return [path("pick/", pick, name="news_image_pick"), *super().get_urls()]

    @method_decorator(xframe_options_sameorigin)
    def pick_view(self, request: HttpRequest) -> HttpResponse:
        """The page in the dialog of a form: search the library and choose one picture."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        query = request.GET.get("q", "").strip()
        images = Image.objects.all()
        if query:
            condition = Q()
            for name in self.search_fields:
                condition |= Q(**{f"{name}__icontains": query})
            images = images.filter(condition)
        page = Paginator(images, 24).get_page(request.GET.get("page"))
        return TemplateResponse(
            request,
            "admin/news/image/pick.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Choose a picture"),
                "is_popup": True,
                "page": page,
                "pictures": [picture_data(image) for image in page],
                "q": query,
                "has_add_permission": self.has_add_permission(request),
            },
        )

    # --- Deleting -----------------------------------------------------------------------------

    def get_deleted_objects(self, objs: Objects, request: HttpRequest) -> DeletedObjects:
        """Refuse to delete pictures that are in use."""
        deleted, counts, missing, protected = super().get_deleted_objects(objs, request)
        try:
            services.check_delete_images(list(objs))
        except ValidationError as error:
            protected = error.messages
        return deleted, counts, missing, protected

    def delete_model(self, request: HttpRequest, obj: Image) -> None:
        services.delete_images(pictures=[obj])

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Image]) -> None:
        services.delete_images(pictures=list(queryset))
