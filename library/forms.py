"""Forms of the library: names of a track, files without JavaScript."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from library.constants import BPM_MAX, BPM_MIN
from library.domain.keys import ALL
from library.models import Track, TrackCorrection

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


class CorrectionForm(forms.Form):
    """One press of a button: what is corrected, and how."""

    what = forms.ChoiceField(choices=TrackCorrection.What.choices)
    do = forms.ChoiceField(
        choices=[(do, do) for do in ("set", "double", "half", "later", "earlier", "undo")]
    )
    bpm = forms.FloatField(
        label=_("Beats per minute"), required=False, min_value=BPM_MIN, max_value=BPM_MAX
    )
    key = forms.ChoiceField(
        label=_("Key"), required=False, choices=[(key.camelot, str(key)) for key in ALL]
    )

    def clean(self) -> dict[str, Any]:
        """A value that is set has to be there."""
        given = super().clean() or {}
        needed = {"tempo": "bpm", "key": "key"}.get(given.get("what", ""))
        if given.get("do") == "set" and needed and not given.get(needed) and not self.errors:
            self.add_error(needed, _("Say what it is."))
        return given
