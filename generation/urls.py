"""Addresses of songs: made from a set, heard, mixed, edited, compared, downloaded."""

from __future__ import annotations

from django.urls import path

from generation.views import compare, edits, files, make, receipts, song, songs, versions

app_name = "generation"
urlpatterns = [
    path("sets/<uuid:set_id>/make/", make.song_create, name="song-create"),
    path("songs/", songs.song_list_view, name="song-list"),
    path("songs/restore/", songs.song_undelete, name="song-restore"),
    path("songs/<uuid:song_id>/", song.song_detail, name="song-detail"),
    path("songs/<uuid:song_id>/making/", song.song_making_view, name="song-making"),
    path("songs/<uuid:song_id>/mixer/", song.song_mix, name="song-mix"),
    path("songs/<uuid:song_id>/files/", files.song_files_view, name="song-files"),
    path("songs/<uuid:song_id>/cover.svg", song.song_cover, name="song-cover"),
    path("songs/<uuid:song_id>/rename/", songs.song_rename_view, name="song-rename"),
    path("songs/<uuid:song_id>/delete/", songs.song_delete_view, name="song-delete"),
    path("songs/<uuid:song_id>/edit/", edits.song_edit, name="song-edit"),
    path("songs/<uuid:song_id>/plan/", edits.edit_plan, name="edit-plan"),
    path("songs/<uuid:song_id>/versions/", versions.song_versions, name="song-versions"),
    path("songs/<uuid:song_id>/compare/", compare.version_compare, name="version-compare"),
    path(
        "songs/<uuid:song_id>/versions/<int:number>/",
        versions.version_change,
        name="version-change",
    ),
    path(
        "songs/<uuid:song_id>/versions/<int:number>/cancel/",
        versions.version_stop,
        name="version-cancel",
    ),
    path(
        "songs/<uuid:song_id>/versions/<int:number>/retry/",
        versions.version_again,
        name="version-retry",
    ),
    path(
        "songs/<uuid:song_id>/versions/<int:number>/files/<slug:kind>/",
        files.file_make,
        name="file-make",
    ),
    path("songs/<uuid:song_id>/versions/<int:number>/mixes/", versions.mix_keep, name="mix-save"),
    # The keys come first: any other word is the number of a receipt, or nobody's.
    path("verify/keys", receipts.receipt_key_list, name="receipt-key-list"),
    path("verify/keys.json", receipts.receipt_key_file, name="receipt-key-file"),
    path("verify/<uuid:receipt_id>.json", receipts.receipt_file, name="receipt-file"),
    path("verify/<str:number>", receipts.receipt_verify, name="receipt-verify"),
]
