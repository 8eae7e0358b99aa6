"""All tables of the server, so that nobody has to remember to import each file of them."""

from server.db import (
    assessment_tables,
    board_tables,
    coverage_tables,
    desk_tables,
    export_tables,
    file_tables,
    inspection_tables,
    meeting_tables,
    office_tables,
    projections,
    register_tables,
    review_tables,
    rights_tables,
    service_tables,
    sign_in_tables,
    summary_tables,
    training_tables,
    work_tables,
)
from server.db.base import ServerTable

METADATA = ServerTable.metadata
"""The shape that this version of the program expects; `migrations` makes it."""

TABLE_MODULES = (
    coverage_tables,
    desk_tables,
    register_tables,
    office_tables,
    projections,
    file_tables,
    review_tables,
    export_tables,
    rights_tables,
    service_tables,
    sign_in_tables,
    meeting_tables,
    summary_tables,
    inspection_tables,
    assessment_tables,
    board_tables,
    training_tables,
    work_tables,
)
