"""Addresses of the rights: song sets for creators, the catalogue for labels."""

from __future__ import annotations

from django.urls import path

from rights.views import (
    balance,
    catalogue,
    catalogue_files,
    claims,
    dashboard,
    deliveries,
    disputes,
    payouts,
    set_list,
    set_page,
    set_songs,
    set_whole,
    song,
    statement_files,
    statements,
)
from rights.webhooks import stripe

app_name = "rights"
urlpatterns = [
    path("overview/", dashboard.overview, name="overview"),
    path("statements/", statements.statement_list, name="statement-list"),
    path("statements/<uuid:statement_id>/", statements.statement, name="statement"),
    path("statements/<uuid:statement_id>/pdf/", statement_files.pdf, name="statement-pdf"),
    path("statements/<uuid:statement_id>/csv/", statement_files.csv, name="statement-csv"),
    path("statements/<uuid:statement_id>/json/", statement_files.json, name="statement-json"),
    path("statements/<uuid:statement_id>/lines/", statements.lines, name="statement-lines"),
    path(
        "statements/<uuid:statement_id>/lines/<int:number>/", statements.line, name="statement-line"
    ),
    path(
        "statements/<uuid:statement_id>/lines/<int:number>/dispute/",
        disputes.dispute,
        name="statement-dispute",
    ),
    path("payouts/", payouts.payout_list, name="payout-list"),
    path("payouts/<uuid:payout_id>/", payouts.payout, name="payout"),
    path("webhooks/stripe/", stripe.stripe_event, name="webhook-stripe"),
    path("payouts/to/<uuid:party_id>/open/", payouts.onboarding_open, name="payee-onboarding-open"),
    path("payouts/to/<uuid:party_id>/go/", payouts.onboarding_go, name="payee-onboarding-go"),
    path("payouts/to/<uuid:party_id>/back/", payouts.onboarding_back, name="payee-onboarding-back"),
    path("balance/", balance.balance, name="balance"),
    path("catalogue/files/<str:token>", catalogue_files.catalogue_file, name="catalogue-file"),
    path("sets/", set_list.set_list, name="set-list"),
    path("sets/new/", set_list.set_create, name="set-create"),
    path("sets/restore/", set_whole.set_undelete, name="set-undelete"),
    path("sets/<uuid:set_id>/", set_page.set_detail, name="set-detail"),
    path("sets/<uuid:set_id>/edit/", set_whole.set_edit, name="set-edit"),
    path("sets/<uuid:set_id>/delete/", set_whole.set_delete, name="set-delete"),
    path("sets/<uuid:set_id>/add/", set_songs.set_add, name="set-add"),
    path("sets/<uuid:set_id>/upload/", set_songs.set_upload, name="set-upload"),
    path("sets/<uuid:set_id>/order/", set_page.set_order, name="set-order"),
    path("sets/<uuid:set_id>/weights/", set_page.set_weights, name="set-weights"),
    path("sets/<uuid:set_id>/accept/", set_page.set_accept, name="set-accept"),
    path("sets/<uuid:set_id>/restore/", set_page.set_restore, name="set-restore"),
    path("sets/<uuid:set_id>/ready/", set_whole.set_ready, name="set-ready"),
    path("sets/<uuid:set_id>/songs/<uuid:track_id>/", song.song_detail, name="song-detail"),
    path(
        "sets/<uuid:set_id>/songs/<uuid:track_id>/confirm/",
        song.song_confirm,
        name="song-confirm",
    ),
    path("sets/<uuid:set_id>/songs/<uuid:track_id>/take/", song.song_take, name="song-take"),
    path(
        "sets/<uuid:set_id>/songs/<uuid:track_id>/storefront/",
        song.song_storefront,
        name="song-storefront",
    ),
    path("sets/<uuid:set_id>/songs/<uuid:track_id>/reopen/", song.song_reopen, name="song-reopen"),
    path("sets/<uuid:set_id>/songs/<uuid:track_id>/retry/", song.song_retry, name="song-retry"),
    path(
        "sets/<uuid:set_id>/songs/<uuid:track_id>/remove/", set_page.set_remove, name="set-remove"
    ),
    path(
        "sets/<uuid:set_id>/songs/<uuid:track_id>/replace/",
        set_songs.set_replace,
        name="set-replace",
    ),
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue/recordings/<uuid:recording_id>/", catalogue.recording, name="recording"),
    path("catalogue/labels/<uuid:label_id>/", catalogue.label, name="label"),
    path("claims/", claims.claim_list, name="claim-list"),
    path("claims/new/", claims.claim_create, name="claim-create"),
    path("claims/<uuid:claim_id>/", claims.claim, name="claim"),
    path("claims/<uuid:claim_id>/evidence/", claims.claim_evidence, name="claim-evidence"),
    path("claims/<uuid:claim_id>/withdraw/", claims.claim_take_back, name="claim-withdraw"),
    path("catalogue/template.csv", deliveries.delivery_template, name="delivery-template"),
    path("catalogue/deliveries/new/", deliveries.delivery_create, name="delivery-create"),
    path("catalogue/deliveries/<uuid:run_id>/", deliveries.delivery, name="delivery"),
    path("catalogue/deliveries/<uuid:run_id>/map/", deliveries.delivery_map, name="delivery-map"),
    path(
        "catalogue/deliveries/<uuid:run_id>/apply/",
        deliveries.delivery_apply,
        name="delivery-apply",
    ),
    path(
        "catalogue/deliveries/<uuid:run_id>/discard/",
        deliveries.delivery_discard,
        name="delivery-discard",
    ),
]
