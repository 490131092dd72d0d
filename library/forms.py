"""Forms of the library: names of a track, files without JavaScript."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from library.models import Track

FILES_MAX = 50
AUDIO = ".wav,.flac,.mp3,.m4a,.aac,.ogg,.opus,.aif,.aiff,audio/*"


class TrackNamesForm(forms.ModelForm[Track]):
    """What a track is called; the tags in the file stay as they are."""

    class Meta:
        model = Track
        fields = ["title", "artist", "album"]


class ManyFilesInput(forms.ClearableFileInput):
    """A file field that takes several."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files at once; an empty one is refused later, by name, and the others are taken."""

    widget = ManyFilesInput(attrs={"accept": AUDIO})

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return the uploaded files."""
        files = list(data) if isinstance(data, list | tuple) else [data] if data else []
        if not files:
            raise forms.ValidationError(_("Choose one or more audio files."))
        if len(files) > FILES_MAX:
            raise forms.ValidationError(_("Choose at most 50 files at a time."))
        return files


class UploadForm(forms.Form):
    """The form without JavaScript."""

    songs = ManyFilesField(label=_("Audio files"))
