"""One request as a browser makes it: `python -m tests.services.press METHOD HOST PORT PATH SESSION`."""

import http.client
import sys


def main(method: str, host: str, port: str, path: str, session: str) -> None:
    """Print the status, or 0 where nobody answers."""
    token = "0" * 32
    headers = {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token}
    line = http.client.HTTPConnection(host, int(port), timeout=30)
    try:
        line.request(method, path, headers=headers)
        print(line.getresponse().status)
    except (OSError, http.client.HTTPException):
        print(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
