// An OpenID Connect issuer on a free loopback port: the certified oidc-provider at the paths of a Keycloak realm.
//
// Its settings come as the first line of stdin, JSON with all the names that tests/support/servers/oidc.py sends; each
// later line changes some of them. Every line is answered by one on stdout. It ends when stdin does.
import { createServer } from 'node:http';
import { generateKeyPairSync } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Provider } from 'oidc-provider';
import { keycloakRequest, passwordGrant } from './keycloak_facade.mjs';

console.info = console.log = console.error; // stdout is for the answers

const REALM = '/realms/airflow';
const PATH = '/protocol/openid-connect';
const SCOPE = 'airflow';
const HOUR = 3600;

const settings = {};
const grants = []; // what was asked of the token endpoint: {client, grant_type, error}

function claimsOf(subject) {
  return { ...settings.claims['*'], ...settings.claims[subject] };
}

function clients() {
  const { public_client, service_client, service_secret, airflow_client, airflow_secret } = settings;
  return [
    {
      client_id: public_client,
      application_type: 'native',
      token_endpoint_auth_method: 'none',
      response_types: ['code'],
      grant_types: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
      redirect_uris: ['http://127.0.0.1/callback', 'http://[::1]/callback'], // with any port
    },
    {
      client_id: service_client,
      client_secret: service_secret,
      grant_types: ['client_credentials'],
      response_types: [],
      redirect_uris: [],
    },
    {
      client_id: airflow_client,
      client_secret: airflow_secret,
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials', 'password'],
      redirect_uris: ['http://127.0.0.1:8080/auth/login_callback'],
    },
  ];
}

function resourceServer() {
  return {
    scope: SCOPE,
    audience: settings.audience[0],
    accessTokenTTL: settings.access_token_seconds,
    accessTokenFormat: 'jwt',
    jwt: { sign: { alg: 'RS256' } },
  };
}

// Airflow wants nbf in each token, the simple auth manager a role, FAB a sub that is the number of its user.
function completed(payload, token) {
  const subject = token.accountId ?? token.clientId;
  return {
    ...payload,
    aud: settings.audience,
    azp: token.clientId,
    preferred_username: token.accountId ?? `service-account-${token.clientId}`,
    ...(settings.nbf ? { nbf: payload.iat } : {}),
    ...claimsOf(subject),
  };
}

function configuration(jwks) {
  const seconds = () => settings.access_token_seconds;
  return {
    jwks,
    clients: clients(),
    cookies: { keys: ['tests'] },
    scopes: ['openid', 'offline_access', SCOPE],
    claims: { openid: ['sub'], profile: ['preferred_username', 'name'] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, preferred_username: id, name: id }),
    }),
    features: {
      clientCredentials: { enabled: true },
      deviceFlow: { enabled: true },
      introspection: { enabled: true },
      revocation: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => `urn:${settings.audience[0]}`,
        useGrantedResource: () => true,
        getResourceServerInfo: resourceServer,
      },
    },
    formats: {
      customizers: {
        jwt(_context, token, jwt) {
          jwt.payload = completed(jwt.payload, token);
        },
      },
    },
    issueRefreshToken: (_context, client) => client.grantTypeAllowed('refresh_token'),
    pkce: { required: (_context, client) => client.clientAuthMethod === 'none' },
    ttl: {
      AccessToken: seconds,
      ClientCredentials: seconds,
      RefreshToken: () => settings.refresh_token_seconds,
      DeviceCode: () => settings.device_code_seconds,
      Grant: HOUR,
      IdToken: HOUR,
      Interaction: HOUR,
      Session: HOUR,
    },
    routes: {
      authorization: `${PATH}/auth`,
      code_verification: '/device',
      device_authorization: `${PATH}/auth/device`,
      end_session: `${PATH}/logout`,
      introspection: `${PATH}/token/introspect`,
      jwks: `${PATH}/certs`,
      revocation: `${PATH}/revoke`,
      token: `${PATH}/token`,
      userinfo: `${PATH}/oidc-userinfo`, // the facade has Keycloak's
    },
  };
}

function makeProvider(origin) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: 'jwk' }), kid: 'issuer', use: 'sig', alg: 'RS256' };
  const jwks = { keys: [key] };
  const provider = new Provider(origin + REALM, configuration(jwks));
  provider.registerGrantType('password', passwordGrant(provider, settings, resourceServer, SCOPE), [
    'username',
    'password',
    'scope',
  ]);
  provider.use(async (context, next) => {
    await next();
    if (context.oidc?.route === 'device_authorization' && context.status === 200 && settings.device_interval) {
      context.body = { ...context.body, interval: settings.device_interval };
    }
  });
  for (const event of ['grant.success', 'grant.error']) {
    provider.on(event, (context, error) => {
      const { client_id, grant_type } = context.oidc?.params ?? {};
      const client = context.oidc?.client?.clientId ?? client_id ?? null;
      grants.push({ client, grant_type: grant_type ?? null, error: error?.error ?? null });
    });
  }
  provider.on('server_error', (_context, error) => console.error(error));
  return { provider, jwks };
}

async function main() {
  const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  const answer = (value) => process.stdout.write(`${JSON.stringify(value)}\n`);
  Object.assign(settings, JSON.parse((await lines.next()).value));
  const server = createServer().listen(0, '127.0.0.1', () => {
    const origin = `http://127.0.0.1:${server.address().port}`;
    const { provider, jwks } = makeProvider(origin);
    const oidc = provider.callback();
    const keycloak = keycloakRequest(provider.issuer, jwks, REALM + PATH);
    server.on('request', async (request, response) => {
      if (await keycloak(request, response)) return;
      if (!request.url.startsWith(`${REALM}/`)) {
        response.writeHead(404).end();
        return;
      }
      request.originalUrl = request.url;
      request.url = request.url.slice(REALM.length);
      oidc(request, response);
    });
    answer({ issuer: provider.issuer });
  });
  for await (const line of lines) {
    Object.assign(settings, JSON.parse(line));
    answer({ grants });
  }
  process.exit(0);
}

await main();
