"""openvc-core over credentials given on standard input, run where our code cannot be imported (python -I).

In: {"contexts": {address: context}, "cases": {name: {credential, didDocument, statusList, now}}}.
Out: {name: "accepted", or the name of what openvc raised}.
"""

import importlib.util
import json
import sys
from datetime import datetime
from typing import Any

from openvc import VerificationPolicy, verify_credential
from openvc.did.base import DidResolverRegistry
from openvc.did.did_web import DidWebResolver
from openvc.errors import OpenvcError
from openvc.resolvers import default_status_list_resolver
from openvc.status import StatusListError

assert importlib.util.find_spec("certificates") is None, "the oracle must not see our code"


def check(case: dict[str, Any], contexts: dict[str, Any]) -> str:
    """What openvc says, asked as strictly as it can be asked."""
    resolver = DidResolverRegistry([DidWebResolver(lambda _url: case["didDocument"])])
    policy = VerificationPolicy(
        expected_types=["OpenBadgeCredential"],
        require_status_issuer_binding=True,
        now=datetime.fromisoformat(case["now"]),
    )

    def fetch(url: str) -> str:
        if url != case["statusList"]["id"]:
            raise StatusListError("not there")
        return json.dumps(case["statusList"])

    try:
        verify_credential(
            case["credential"],
            policy=policy,
            resolver=resolver,
            resolve_status_list=default_status_list_resolver(resolver=resolver, fetch=fetch),
            extra_contexts=contexts,
        )
    except OpenvcError as error:
        return type(error).__name__
    return "accepted"


given = json.load(sys.stdin)
json.dump({name: check(case, given["contexts"]) for name, case in given["cases"].items()}, sys.stdout)
