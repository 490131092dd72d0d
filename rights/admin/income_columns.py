"""The page on which staff say what the columns of a report are, and templates to download."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.translation import gettext as _

from config.lib.errors import DomainError
from rights.admin.decided import LOOK, DecidedAdmin
from rights.domain.csv_presets import OWN, PRESETS, TEMPLATE_EXAMPLE
from rights.forms.income_columns import ColumnsForm, ShapeForm, initial_of
from rights.models import IncomeFile
from rights.selectors.income_preview import (
    LINES_SHOWN,
    TablePreview,
    mapped_preview,
    mapping_offer,
    table_preview,
)
from rights.services.income import TABLE
from rights.services.income_mappings import income_map, mapping_save

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest
    from django.urls import URLPattern


class ColumnPages(DecidedAdmin[IncomeFile]):
    """Adds the two pages to those of reports."""

    def get_urls(self) -> list[URLPattern]:
        """Add the columns of a report, and the templates."""
        view = self.admin_site.admin_view
        own = [
            path("<uuid:pk>/columns/", view(self.columns_view), name="rights_incomefile_columns"),
            path("template/<int:number>/", view(template_view), name="rights_incomefile_template"),
        ]
        return [*own, *super().get_urls()]

    def columns_view(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        """Show the first lines and ask what the columns are; preview, or save and read."""
        file = IncomeFile.objects.select_related("mapping", "job").filter(pk=pk).first()
        if file is None or file.profile != TABLE:
            raise Http404
        if not self.has_change_permission(request, file):
            raise PermissionDenied
        if request.method != "POST":
            return self._columns_page(request, file, *_shown(request, file))
        shape = ShapeForm(request.POST)
        preview = _cut(file, shape)
        form = ColumnsForm(request.POST, header=preview.header)
        if not form.is_valid():
            return self._columns_page(request, file, preview, form)
        mapping = form.cleaned_data["mapping"]
        if "read" not in request.POST:
            lines = mapped_preview(file, mapping)
            return self._columns_page(request, file, preview, form, lines=lines)
        actor: Any = request.user  # staff are logged in
        try:
            saved = mapping_save(source=form.cleaned_data["source"], mapping=mapping, actor=actor)
            income_map(file=file, mapping=saved, actor=actor)
        except DomainError as refusal:
            messages.error(request, refusal.message)
            return self._columns_page(request, file, preview, form)
        words = _("The report is being read as %(mapping)s. Its page shows what was found.")
        messages.success(request, words % {"mapping": saved})
        return redirect("admin:rights_incomefile_change", file.pk)

    def _columns_page(
        self,
        request: HttpRequest,
        file: IncomeFile,
        preview: TablePreview,
        form: ColumnsForm,
        **more: Any,
    ) -> HttpResponse:
        for field in form.fields.values():
            field.widget.attrs.update(LOOK)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Columns of %(name)s") % {"name": file.name},
            "file": file,
            "preview": preview,
            "form": form,
            "templates": list(enumerate(PRESETS)),
            "lines_shown": LINES_SHOWN,
            **more,
        }
        return TemplateResponse(request, "admin/rights/income_columns.html", context)


def _shown(request: HttpRequest, file: IncomeFile) -> tuple[TablePreview, ColumnsForm]:
    """Return the page as it opens: cut as asked in the address, or as a mapping that fits says."""
    asked = ShapeForm(request.GET)
    if asked.is_valid():
        preview = _cut(file, asked)
        return preview, ColumnsForm(initial=asked.cleaned_data, header=preview.header)
    offer = mapping_offer(file)
    if file.mapping is not None:
        mapping, source = file.mapping.mapping, file.mapping.source
    elif offer is not None:
        mapping, source = offer.mapping, offer.source
    else:
        preview = table_preview(file)
        cut = {"delimiter": preview.delimiter, "header_row": preview.header_row}
        return preview, ColumnsForm(initial=cut, header=preview.header)
    preview = table_preview(
        file,
        delimiter=mapping.delimiter,
        encoding=mapping.encoding,
        header_row=mapping.header_row,
    )
    return preview, ColumnsForm(initial=initial_of(mapping, source), header=preview.header)


def _cut(file: IncomeFile, shape: ShapeForm) -> TablePreview:
    if not shape.is_valid():
        return table_preview(file)
    return table_preview(file, **shape.cleaned_data)


def template_view(request: HttpRequest, number: int) -> HttpResponse:
    """Send an empty table of one of our shapes; our own has a line that shows how."""
    if number >= len(PRESETS):
        raise Http404
    name, mapping = list(PRESETS.items())[number]
    made = io.StringIO()
    writer = csv.writer(made, delimiter=mapping.delimiter, lineterminator="\r\n")
    writer.writerow(mapping.header)
    if name == OWN:
        writer.writerow(TEMPLATE_EXAMPLE)
    answer = HttpResponse(made.getvalue(), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="report-template-{number + 1}.csv"'
    return answer
