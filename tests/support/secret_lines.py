"""Lines with a secret in them, and lines without one, for what looks at lines and texts. Each line that has
one has CANARY in it, in whatever letters its form wants."""

from __future__ import annotations

CANARY = "s3cretCanary0123"
_C = CANARY
_HOST = "http://h.example.org"
_JWT = f"eyJhbGciOiJIUzI1NiJ9.{_C}.c2lnbmF0dXJl"

# The shapes: each is the value of a variable whose name says nothing, and a field's.
TOKENS = (
    _JWT, f"AKIA{_C.upper()}", f"ASIA{'S3CRETCANARY2345'}", f"sk_live_{_C}", f"rk_live_{_C}",
    f"sk_test_{_C}", f"whsec_{_C}", f"sk-{_C}", f"sk-ant-api03-{_C}", f"sk-proj-{_C}", f"ghp_{_C}",
    f"gho_{_C}", f"ghs_{_C}", f"ghu_{_C}", f"github_pat_{_C}", f"glpat-{_C}", f"gldt-{_C}", f"glrt-{_C}",
    f"xoxb-{_C}", f"xoxp-1-2-{_C}", f"xapp-1-{_C}", f"https://hooks.slack.com/services/T0/B0/{_C}",
    f"https://discord.com/api/webhooks/1/{_C}", f"https://x.webhook.office.com/webhookb2/{_C}",
    f"https://api.telegram.org/bot1:{_C}/getMe", f"SG.{_C}.x", f"npm_{_C}", f"pypi-AgE{_C}", f"dop_v1_{_C}",
    f"AIza{_C}", f"ya29.{_C}", f"GOCSPX-{_C}", f"hvs.{_C}", f"s.{_C}01234567", f"gAAAAAB{_C}01234",
    f"{_C}abcdefghijklmnopqrstuvwxyzA=", f"shpat_{_C}", f"dp.pt.{_C}", f"PMAK-{_C}", f"ATATT3{_C}",
    f"pscale_tkn_{_C}", f"glsa_{_C}", f"hf_{_C}abcd", f"sq0atp-{_C}",
    f"https://b.blob.core.windows.net/c?sv=2024&sig={_C}",
    f"AccountName=a;AccountKey={_C}==;EndpointSuffix=x", f"Endpoint=sb://x/;SharedAccessKey={_C}",
    f"https://s3.example.org/a?X-Amz-Signature={_C}", f"postgres://ann:{_C}@db:5432/x",
    f"https://{_C}@github.example.org/x.git", f"https://ann:p/{_C}@h/x",
    f"-----BEGIN RSA PRIVATE KEY-----{_C}", f"-----BEGIN OPENSSH PRIVATE KEY-----{_C}-----END",
    f"-----BEGIN PGP PRIVATE KEY BLOCK-----{_C}", f"password={_C}", f"host=h password={_C} user=u",
    f"Bearer {_C}", f"Authorization: Basic {_C}", f"PASSWORD={_C}", f"pwd: {_C}", f'{{"pwd": "{_C}"}}',
    f"{{'cred': '{_C}'}}",
)  # fmt: skip
NAMES = (
    "my_pwd", "credentials", "auth", "gh_pat", "aws_cred", "basicAuth", "b_dsn", "b_aws_access_key",
    "service_key", "b_slack_webhook_url", "http_proxy", "proxies", "auth_header", "bearer",
    "connection_string", "api-key", "dbPwd", "my_password", "fernet_key", "client.secret",
)  # fmt: skip
JSON = (
    '{{"pwd": "{}"}}', '{{"a": {{"b": {{"cred": "{}"}}}}}}', '{{"auth": ["x", "{}"]}}',
    '{{"credentials": {{"id": "{}"}}}}', '{{"a": 1, "pat": "{}", "b": 2}}',
    '{{"x": "{{\\"pwd\\": \\"{}\\"}}"}}', '{{"header": "X-Auth: {}"}}', '{{"url": "postgres://u:{}@h/d"}}',
    '{{"apiKey": "{}"}}', '{{"text": "sk_live_{}"}}', '{{"db-pwd":"{}"}}',
)  # fmt: skip
PROGRAMS = (
    f"curl -s -u admin:{_C} {_HOST}", f"curl --user ann:{_C} {_HOST}", f"curl --user=ann:{_C} {_HOST}",
    f"curl -uann:{_C} {_HOST}", f"curl -u 'ann:{_C}' {_HOST}", f'curl -H "X-Auth: {_C}" {_HOST}',
    f'curl -H "X-Api-Key: {_C}" {_HOST}', f'curl -H "X-Vault-Token:{_C}" {_HOST}',
    f"curl -H 'Authorization: {_C}' {_HOST}", f"curl -H 'Authorization: Bearer {_C}' {_HOST}",
    f"curl -H 'PRIVATE-TOKEN: {_C}' {_HOST}", f"curl -H 'Cookie: a={_C}' h",
    f"curl -d password={_C} {_HOST}", f"curl -d 'user=a&pwd={_C}' {_HOST}",
    f"curl {_HOST}?access_token={_C}", f"curl --proxy-user a:{_C} {_HOST}",
    f"curl https://ann:{_C}@h.example.org", f"curl --oauth2-bearer {_C} h",
    f"http -a ann:{_C} h.example.org", f"wget --password={_C} {_HOST}", f"mysql -uroot -p{_C} db",
    f"mysqldump -p{_C} db", f"mariadb -p{_C}", f"sshpass -p {_C} ssh h", f"sshpass -p{_C} ssh h",
    f"vault login {_C}", f"vault operator unseal {_C}", f"vault login -method=token {_C}",
    f"PGPASSWORD={_C} psql -h db", f"export FOO_TOKEN={_C}", f"env DB_PWD={_C} run",
    f"psql 'host=db password={_C}'", f"psql postgresql://u:{_C}@db/x", f"redis-cli -a {_C} ping",
    f"mongosh -p {_C}", f"docker login -u ann -p {_C} r.example.org", f"helm registry login r -u a -p {_C}",
    f"ldapsearch -w {_C} -x", f"unzip -P {_C} a.zip", f"sqlcmd -S h -P {_C}", f"openssl enc -k {_C} -in a",
    f"openssl rsa -passin pass:{_C}", f"gpg --passphrase {_C} -d a", f"snowsql --pw {_C}",
    f"tool --auth {_C}", f"tool --credentials '{_C}'",
    f"kubectl create secret generic x --from-literal=k={_C}",
    f"aws configure set aws_secret_access_key {_C}", f"smbclient -U ann%{_C} //h/x", f"lftp -u ann,{_C} h",
    f"htpasswd -nb ann {_C}", f"rsync ann:{_C}@h:/x .",
)  # fmt: skip


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '\\"') + '"' if "'" in text else f"'{text}'"


SECRET_LINES = (
    *(f"variables set vendor {_quoted(token)}" for token in TOKENS),
    *(f"variables set {name} {_C}" for name in NAMES),
    *(f"dags trigger etl --conf {_quoted(form.format(_C))}" for form in JSON),
    *(f"api POST /api/v2/nosuch --body {_quoted(form.format(_C))}" for form in JSON),
    *(f"api patch_variable variable_key=vendor value={_quoted(token)}" for token in TOKENS[:40]),
    *(f"!{program}" for program in PROGRAMS),
    *(f"dags list | {program}" for program in PROGRAMS),
    f"api POST /api/v2/variables --body {{\"key\":\"x\",\"value\":\"{_C}\"}}",
    f"api patch_variable variable_key=db_pwd value={_C}",
    f"api post_variable key=my_auth value={_C}",
    f"api POST /api/v2/connections password={_C}",
    f"dags trigger etl --conf {{\"pwd\": \"{_C}\"}}",
    f"auth login --method command -- gettoken --pw {_C}",
    f"auth login --method command -- curl -u ann:{_C} {_HOST}",
    f"auth login --password {_C}",
    f"auth login --url https://ann:{_C}@h",
    f"auth login --method static --setting my_auth={_C}",
    f"auth login --method static --setting audience=sk_live_{_C}",
    f"connections add x --conn-type http --conn-password {_C}",
    f"connections add x --conn-uri http://u:{_C}@h",
    f"connections add x --conn-type http --conn-extra {{\"k\":\"{_C}\"}}",
    f"users create --username ann --role Viewer -p {_C}",
    f"alias x = variables set stripe_key sk_live_{_C}",
    f"alias x = variables set my_pwd {_C}",
    f"time variables set my_pwd {_C}",
    f"repeat 3 variables set vendor ghp_{_C}",
    f"watch api get_pools pwd={_C}",
    f"variabels set my_pwd {_C}",
    f"variables st vendor sk_live_{_C}",
    f"variables set my_pwd '{_C}",
    f"pools set x 3 'token: {_C}'",
    f"dagrun note etl r1 'the pwd: {_C}'",
)  # fmt: skip

# The lines of the examination that were kept in the history, as they were typed.
SEEN_LINES = (
    "!curl -s -u admin:s3cret-canary http://h",
    'dags trigger sec_none --conf {"pwd": "s3cret-canary"}',
    'api POST /api/v2/nosuch --body {"key":"x","value":"s3cret-canary"}',
    "variables set stripe_key sk_live_s3cret-canary",
    "variables set stripe_key sk_live_1",
    "variables set github_pat ghp_s3cret-canary",
    "variables set my_pwd s3cret-canary",
    "variables set credentials s3cret-canary",
    "variables set auth s3cret-canary",
    "variables set aws AKIAIOSFODNN7EXAMPLE",
    "variables set sas https://x.blob.core.windows.net/c?sv=1&sig=s3cret-canary",
    "variables set hook https://hooks.slack.com/services/T0/B0/s3cret-canary",
    "api patch_variable variable_key=stripe_key value=sk_live_1",
    "!mysql -ps3cret-canary",
    "!sshpass -p s3cret-canary ssh h",
    "!vault login s.s3cret-canary",
    'dags list | curl -H "X-Auth: s3cret-canary" http://h',
    "auth login --method command -- gettoken --pw s3cret-canary",
    "alias x = variables set stripe_key sk_live_1",
    "variables set b_dsn_3 s3cret-canary",
    "variables set b_slack_webhook_url https://hooks.example/T0/B0/s3cret-canary",
    "variables set b_aws_access_key s3cret-canary",
)

HARMLESS_LINES = (
    "dags list", "dags list -o json --limit 5", "dags get etl", "dags list --pattern path",
    "dags list --tag auth", "dags trigger etl",
    'dags trigger etl --conf {"path": "/data/in", "author": "ann"}', "dags pause etl -y",
    'dags trigger etl --conf {"date": "2026-11-01", "mode": "full", "n": 3}', "dags trigger token_refresh",
    "dags list | grep path", "dags list | less", "dags list > dags.tsv", "dags list | jq '.[].dag_id'",
    "dagrun list etl --state failed", "dagrun get etl manual__2026-11-29T16:38:37+00:00",
    "dagrun watch etl latest", "dagrun note etl r1 'see the wiki: page 5'", "dags grid sk-learn-pipeline",
    "dags get authority", "why etl", "tasks list secret_santa",
    "tasks states-for-dag-run etl 2026-11-01T10:30:00", "logs etl load -1 --try 2", "variables get api_key",
    "variables get author", "variables list --pattern pat%", "variables delete api_key",
    "variables set colour red", "variables set file_path /data/in.csv",
    "variables set author 'Ann Example'", "variables set compat 5",
    "variables set url https://example.org/a?b=1", "variables set ratio 16:9",
    "variables set when 2026-11-01T10:30:00+00:00",
    "variables set commit 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b",
    "variables set id 123e4567-e89b-12d3-a456-426614174000",
    'variables set j \'{"a": [1, 2], "b": "x"}\' --json', "variables set mail ann@example.org",
    "variables import variables.json", "variables export out.json", "connections list",
    "connections get db", "connections delete db -y", "connections test db", "pools list",
    "connections add db --conn-type postgres --conn-host db.example.org --conn-port 5432 --conn-login ann",
    "pools set etl 5 'for the nightly runs'", "pools import pools.json", "auth status", "auth whoami",
    "auth login -u ann", "auth login --password-stdin",
    "auth login --url http://127.0.0.1:8080 --username ann", "auth login --token-file /run/token",
    "auth logout", "auth token | pbcopy", "env list", "env use prod", "help auth login", "use dag etl",
    "..", "alias fails = dagrun list --state failed", "set output json", "history 50", "save nightly.txt",
    "source nightly.txt", "time dags list", "watch -n 2 dagrun list etl",
    "api get_pool pool_name=default_pool", "api GET /api/v2/pools limit=3",
    "api patch_dag dag_id=etl is_paused:=true", 'api POST /api/v2/pools --body {"name": "x", "slots": 3}',
    "api list",
    "api get_auth_menus", "api GET /api/v2/auth/menus", "backfill list etl", "assets list",
    "!ls", "!pwd", "!ls -la path", "!git log --author ann",
    "!cat notes.txt", "!docker ps -p 8080:80", "!mysql -h db -u root",
    "!curl http://127.0.0.1:8080/api/v2/version", "!ssh ann@h", "!vault status", "!date",
    "!curl -u $USER:$PW http://h", "!export FOO=bar", "-e prod dags list", "airflowctl dags list",
    "version", "# a note",
)  # fmt: skip
