# Copyright (c) 2026, the cloudelements.freshdesk contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Documentation fragment for the options of the connection to the platform, for modules and other plugins."""

from __future__ import annotations

from ..module_utils._options import ENVIRONMENT


def _with_environment(documentation: str) -> str:
    """The options for plugins that are not modules, with the environment variables that core reads."""
    options, _rest = documentation.split("notes:\n")
    for option, variable in ENVIRONMENT.items():
        options = options.replace(f"\n  {option}:\n", f"\n  {option}:\n    env:\n      - name: {variable}\n")
    return options


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  base_url:
    description:
      - The URL of the platform, with or without C(/elements/api-v2) at the end.
      - C(https://api.cloud-elements.com) (US), C(https://api.cloud-elements.co.uk) (EU),
        C(https://staging.cloud-elements.com), or the API host of SAP Open Connectors, such as
        C(https://api.openconnectors.us2.ext.hana.ondemand.com).
      - C(http://) is refused for any host but loopback, since it would send the secrets in clear text.
        Redirects are not followed. Proxies are taken from E(HTTPS_PROXY) and E(NO_PROXY).
      - Can be set by E(CLOUDELEMENTS_BASE_URL). An environment variable that is empty counts as unset.
    type: str
    default: https://api.cloud-elements.com
  user_secret:
    description:
      - The user secret of the platform. Required, here or as E(CLOUDELEMENTS_USER_SECRET).
      - A secret shorter than 8 characters is refused, because it could not be masked without mangling other text.
    type: str
  organization_secret:
    description:
      - The organization secret of the platform. Required, here or as E(CLOUDELEMENTS_ORGANIZATION_SECRET).
    type: str
  validate_certs:
    description:
      - Whether the platform's certificate must be trusted. Can be set by E(CLOUDELEMENTS_VALIDATE_CERTS).
      - Leave it on. For a private authority, use O(ca_path).
    type: bool
    default: true
  ca_path:
    description:
      - A PEM file, or a folder of PEM files, with the authorities to trust instead of those that come with
        C(requests).
      - Can be set by E(CLOUDELEMENTS_CA_PATH).
    type: path
  timeout:
    description:
      - How many seconds to wait for an answer. Creating an instance has been seen to take 15 seconds.
      - After a lost answer, also how long the platform may take to finish the creation before the instance is
        considered absent.
      - Can be set by E(CLOUDELEMENTS_TIMEOUT).
    type: int
    default: 60
  retry_timeout:
    description:
      - How many seconds all retries and waits for one instance may take in total. V(0) disables retries.
      - Can be set by E(CLOUDELEMENTS_RETRY_TIMEOUT).
    type: int
    default: 300
  element:
    description:
      - The key of the element that the instances belong to.
    type: str
    default: freshdeskv2
requirements:
  - requests >= 2.25.0
notes:
  - Set the connection options once for a play with C(module_defaults) and the key
    C(group/cloudelements.freshdesk.platform).
  - The collection contains guides on many tenants, reliability and secrets in its folder C(docs/docsite/rst).
"""

    ATTRIBUTES = r"""
options: {}
attributes:
  action_group:
    description: The group of modules whose defaults can be set together.
    support: full
    membership:
      - cloudelements.freshdesk.platform
  async:
    description: Whether it can be run in the background.
    support: none
    details:
      - Secrets could not be kept out of the status file.
  platform:
    description: Where it runs.
    support: full
    platforms: posix
"""


# Not in the class, since sanity treats every string there as documentation.
ModuleDocFragment.PLUGIN = _with_environment(ModuleDocFragment.DOCUMENTATION)
