# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is polled where nothing else is wanted."""

from __future__ import annotations

from ansible_collections.cloudelements.freshdesk.plugins.module_utils._polling import default_poller


def test_the_vendors_polling_defaults_are_built_in():
    # As the vendor's page prints them.
    assert default_poller("incidents") == {
        "url": "/hubs/helpdesk/incidents?where=updated_since='${gmtDate:yyyy-MM-dd'T'HH:mm:ss'Z'}'",
        "idField": "id",
        "datesConfiguration": {
            "updatedDateField": "updated_at",
            "updatedDateFormat": "yyyy-MM-dd'T'HH:mm:ssXXX",
            "createdDateField": "created_at",
            "createdDateFormat": "yyyy-MM-dd'T'HH:mm:ssXXX",
        },
    }
    assert default_poller("contacts") == {
        **default_poller("incidents"),
        "url": "/hubs/helpdesk/contacts?where=updated_since='${gmtDate:yyyy-MM-dd'T'HH:mm:ss'Z'}'",
        "createdCheckTolerance": 5,
    }
