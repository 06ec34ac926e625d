"""Which keys we choose, and which botocore chooses, for the same files and environment.

Both are told as one line: "ID SECRET TOKEN", "SOURCE-ID assumes ARN" (a role is shown, not assumed)
or "none"."""
import os
import subprocess
from unittest import mock

import botocore.credentials
import botocore.session

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '../..')
PROGRAM = 'build/san/peers/credentials'


class Shown(Exception):
    pass


def build():
    os.chdir(ROOT)
    subprocess.run(['tests/built', PROGRAM], check=True)


def by_us(profile, env):
    """Our line, and below it, where it is "none", why."""
    return subprocess.run([PROGRAM] + ([profile] if profile else []),
                          env={**env, 'ASAN_OPTIONS': 'detect_leaks=0'}, text=True, check=True,
                          stdout=subprocess.PIPE).stdout.splitlines()


def by_botocore(profile, env):
    def show(fetcher):
        raise Shown(f'{fetcher._source_credentials.access_key} assumes {fetcher._role_arn}')
    with mock.patch.dict(os.environ, env, clear=True), \
            mock.patch.object(botocore.credentials.AssumeRoleCredentialFetcher,
                              'fetch_credentials', show):
        try:
            keys = botocore.session.Session(profile=profile).get_credentials()
            keys = keys and keys.get_frozen_credentials()
            return f'{keys.access_key} {keys.secret_key} {keys.token or "-"}' if keys else 'none'
        except Shown as shown:
            return str(shown)
        except Exception:  # whatever it refuses with, it has found no keys
            return 'none'
