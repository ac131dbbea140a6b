// What Airflow's Keycloak auth manager asks of a Keycloak and oidc-provider does not do: the password grant, a
// userinfo that takes tokens made for Airflow, and decisions about permissions. Those are ours: the claim `role`
// `admin` may do everything, any other only look.
import { createLocalJWKSet, jwtVerify } from 'jose';

const UMA = 'urn:ietf:params:oauth:grant-type:uma-ticket';
const READS = /#(GET|LIST|MENU)$/;

/** A handler for the grant `password`, which Keycloak calls direct access. */
export function passwordGrant(provider, settings, resourceServer, scope) {
  return async (context) => {
    const { username, password } = context.oidc.params;
    if (!password || settings.passwords[username] !== password) {
      context.status = 401;
      context.body = { error: 'invalid_grant', error_description: 'Invalid user credentials' };
      return;
    }
    const resource = `urn:${settings.audience[0]}`;
    const { client } = context.oidc;
    const grant = new provider.Grant({ accountId: username, clientId: client.clientId });
    grant.addOIDCScope('openid offline_access');
    grant.addResourceScope(resource, scope);
    const scopes = `openid offline_access ${scope}`;
    const base = { accountId: username, client, grantId: await grant.save(), gty: 'password', scope: scopes };
    const access = new provider.AccessToken({ ...base, claims: {}, scope });
    access.resourceServer = new provider.ResourceServer(resource, resourceServer());
    const authTime = Math.floor(Date.now() / 1000);
    const refresh = new provider.RefreshToken({ ...base, claims: {}, resource, rotations: 0, authTime });
    context.body = {
      access_token: await access.save(),
      expires_in: settings.access_token_seconds,
      refresh_token: await refresh.save(),
      scope: scopes,
      token_type: 'Bearer',
    };
  };
}

/** A function that answers a request and returns true, if it is one of Keycloak's own. */
export function keycloakRequest(issuer, jwks, path) {
  const keys = createLocalJWKSet({ keys: jwks.keys.map(({ kty, n, e, kid, use, alg }) => ({ kty, n, e, kid, use, alg })) });

  async function claims(request) {
    const token = (request.headers.authorization ?? '').replace(/^Bearer /i, '');
    return (await jwtVerify(token, keys, { issuer })).payload;
  }

  async function userinfo(request, response) {
    try {
      const { sub, preferred_username, client_id } = await claims(request);
      send(response, 200, { sub, preferred_username, clientId: client_id });
    } catch (error) {
      send(response, 401, { error: 'invalid_token', error_description: String(error.code) });
    }
  }

  async function permissions(request, response, form) {
    let role;
    try {
      ({ role } = await claims(request));
    } catch {
      send(response, 400, { error: 'invalid_grant', error_description: 'Invalid bearer token' });
      return;
    }
    const asked = form.getAll('permission');
    const granted = asked.filter((permission) => role === 'admin' || READS.test(permission));
    if (form.get('response_mode') === 'permissions') {
      const rows = granted.map((permission) => permission.split('#'));
      send(response, 200, rows.map(([rsname, scope]) => ({ rsname, scopes: [scope] })));
    } else if (granted.length === asked.length) {
      send(response, 200, { result: true });
    } else {
      send(response, 403, { error: 'access_denied', error_description: 'not_authorized' });
    }
  }

  return async (request, response) => {
    if (request.url === `${path}/userinfo`) {
      await userinfo(request, response);
      return true;
    }
    if (request.method !== 'POST' || request.url !== `${path}/token`) return false;
    const form = new URLSearchParams(await body(request));
    if (form.get('grant_type') === UMA) {
      await permissions(request, response, form);
      return true;
    }
    request.body = Object.fromEntries(form); // it can be read only once, and oidc-provider takes it from here
    return false;
  };
}

async function body(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts).toString();
}

function send(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
