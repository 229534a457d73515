"""One challenge that tells people from programs, shown in three equal ways.

A challenge is a row of django-simple-captcha, found by its key. Its `Kind` says how it is shown: as
a picture of letters, as spoken Vietnamese digits or as a question in words. Whoever asks for
another one gives the old one back. The first answer, right or wrong, uses a challenge up.

What a form needs:

    class CommentForm(forms.Form):
        captcha = CaptchaField()                            # comments.captcha.fields

    kind = wants_other(request.POST)                        # comments.captcha.fields
    if kind:                                                # a button asked for another challenge
        form = CommentForm(initial=request.POST.dict())     # what was typed stays, no errors
        form.fields["captcha"].offer(request)
    elif form.is_valid(): ...                               # the challenge is used up here
    else:
        form.fields["captcha"].offer(request)               # after each refusal, and on GET

A template renders `{{ form.captcha }}` (challenge, answer box, buttons) beside label, help text and
errors of its own, or all of them by `{{ form.captcha.as_field_group }}`, and loads
`comments/captcha.css` and `comments/captcha.js`. Names in the form: `captcha` (the answer),
`captcha_key`, `captcha_other` (the buttons).

Below that, `comments.captcha.challenges`: `issue_challenge(kind, address)` → `Challenge`,
`check_answer(key, answer)` → `Verdict`, `delete_expired()`.
"""
