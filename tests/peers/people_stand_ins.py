"""Loopback stand-ins of STS and SSO, and what `aws sso login` leaves in a home that has signed in to
them. What they are asked is HEARD, by service; HOME is whose sign-ins somebody else may renew."""
import contextlib
import hashlib
import http.server
import json
import os
import threading
import time
import urllib.parse

HEARD = []
HOME = []


def stamp(after_s):
    return time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() + after_s))


def role_keys(action, name, after_s=3600):
    return (f'<{action}Response><{action}Result><Credentials><AccessKeyId>{name}</AccessKeyId><SecretAccessKey>sEcReT'
            f'</SecretAccessKey><SessionToken>t</SessionToken><Expiration>{stamp(after_s)}'
            f'</Expiration></Credentials></{action}Result></{action}Response>')


def refusal(code, message):
    return f'<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error>' \
           '<RequestId>REQ1</RequestId></ErrorResponse>'


def sts(form, headers):
    """AssumeRole, with the MFA device's code; AssumeRoleWithWebIdentity: unsigned, with the token of
    today."""
    if form['Action'] == 'AssumeRole':
        if form.get('TokenCode') != '654321':
            return 403, refusal('AccessDenied', 'MultiFactorAuthentication failed')
        return 200, role_keys('AssumeRole', form['RoleArn'].rpartition('/')[2].upper())
    if form['Action'] != 'AssumeRoleWithWebIdentity':
        return 400, refusal('InvalidAction', form['Action'])
    if headers['Authorization']:
        return 403, refusal('AccessDenied', 'signed')
    if form['WebIdentityToken'] == 'old-WEB-TOKEN':
        return 400, refusal('ExpiredTokenException', 'Token expired: old-WEB-TOKEN')
    if form['WebIdentityToken'] != 'WEB-TOKEN':
        return 400, refusal('InvalidIdentityToken', 'not a token of today')
    role = form['RoleArn'].rpartition('/')[2]
    if role == 'flaky' and len(HEARD) < 3:
        return 503, refusal('ServiceUnavailable', 'come again')
    return 200, role_keys(form['Action'], f"{role.upper()}-{form['RoleSessionName']}")


def sso(query, headers):
    """GetRoleCredentials. The token says what is made of it."""
    token = headers['x-amz-sso_bearer_token']
    if headers['Authorization']:
        return 403, json.dumps({'__type': 'ForbiddenException', 'message': 'signed'})
    if token == 'revoked-ACCESS-TOKEN':
        return 401, json.dumps({'__type': 'UnauthorizedException',
                                'message': f'Session token not found or invalid: {token}'})
    if query['role_name'] == 'Nobody':
        return 403, json.dumps({'__type': 'ForbiddenException', 'message': 'No access'})
    return 200, json.dumps({'roleCredentials': {
        'accessKeyId': f"{query['role_name']}-{query['account_id']}-{token.split('-')[0]}",
        'secretAccessKey': 'sEcReT', 'sessionToken': 't',
        'expiration': (int(time.time()) + 3600) * 1000}})


def sso_oidc(body):
    """CreateToken by a refresh token, which is good for one time."""
    asked = json.loads(body)
    if asked['refreshToken'] == 'raced-REFRESH-TOKEN':  # somebody else has just renewed it
        sign_in(HOME[0], 'corp', access='theirs-ACCESS-TOKEN')
    if asked != {'grantType': 'refresh_token', 'clientId': 'client', 'clientSecret': 'CLIENT-SECRET',
                 'refreshToken': 'good-REFRESH-TOKEN'}:
        return 400, json.dumps({'error': 'invalid_grant', 'error_description':
                                f"Invalid refresh token: {asked['refreshToken']}"})
    return 200, json.dumps({'accessToken': 'renewed-ACCESS-TOKEN', 'expiresIn': 3600,
                            'tokenType': 'Bearer', 'refreshToken': 'next-REFRESH-TOKEN'})


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        url = urllib.parse.urlsplit(self.path)
        service = url.path.split('/')[1]
        body = self.rfile.read(int(self.headers['Content-Length'] or 0)).decode()
        HEARD.append(service)
        if service == 'sts':
            status, text = sts(dict(urllib.parse.parse_qsl(body)), self.headers)
        elif url.path == '/sso/federation/credentials':
            status, text = sso(dict(urllib.parse.parse_qsl(url.query)), self.headers)
        elif url.path == '/sso-oidc/token':
            status, text = sso_oidc(body)
        else:
            status, text = 404, ''
        self.send_response(status)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())
    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving():
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f'http://127.0.0.1:{server.server_port}'
    server.shutdown()


def kept(home, folder, about):
    return f'{home}/.aws/{folder}/cache/{hashlib.sha1(about.encode()).hexdigest()}.json'


def sign_in(home, about, left_s=3600, refresh=None, access='good-ACCESS-TOKEN', registered_s=86400,
            zone='Z'):
    """As `aws sso login` leaves it."""
    path = kept(home, 'sso', about)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    token = {'startUrl': 'https://corp.example.com/start', 'region': 'eu-west-1',
             'accessToken': access, 'expiresAt': stamp(left_s).replace('Z', zone)}
    if refresh:
        token.update(refreshToken=refresh, clientId='client', clientSecret='CLIENT-SECRET',
                     registrationExpiresAt=stamp(registered_s))
    with open(path, 'w', encoding='ascii') as file:
        json.dump(token, file)
