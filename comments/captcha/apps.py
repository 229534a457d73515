from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CaptchaConfig(AppConfig):
    """The captcha of the comments; `captcha` alone is the label of django-simple-captcha."""

    name = "comments.captcha"
    label = "comments_captcha"
    verbose_name = _("Verification codes")
