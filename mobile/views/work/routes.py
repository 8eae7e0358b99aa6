"""The addresses of grid work."""

import flet as ft

from mobile.views.work.cases import case_screen, cases_screen
from mobile.views.work.entries import entries_screen
from mobile.views.work.entry import entry_screen
from mobile.views.work.form import work_form_screen
from mobile.views.work.nil import nil_report_screen, nils_screen
from mobile.views.work.report import report_screen
from mobile.views.work.same import same_screen

WORK_ROUTES = (
    ft.Route(path="report", component=report_screen),
    ft.Route(path="report/:household", component=report_screen),
    ft.Route(path="tasks", component=cases_screen),
    ft.Route(path="tasks/case/:case", component=case_screen),
    ft.Route(path="tasks/case/:case/same", component=same_screen),
    ft.Route(path="tasks/form/:draft", component=work_form_screen),
    ft.Route(path="tasks/nil", component=nils_screen),
    ft.Route(path="tasks/nil/:grid/:period", component=nil_report_screen),
    ft.Route(path="tasks/entries/:kind", component=entries_screen),
    ft.Route(path="tasks/entries/:kind/:entry", component=entry_screen),
)
