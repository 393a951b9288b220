import type { IdpRow } from '../data/rows.js';
import type { IdpConfigWrite } from './sso-shapes.js';

export type Outcome<Value> = { ok: true; value: Value } | { ok: false; message: string };
type NewIdp = Omit<IdpRow, 'id' | 'last-updated'>;

/** A new identity provider, or why the SSO app does not take it. */
export function newIdp(request: IdpConfigWrite, others: readonly IdpRow[]): Outcome<NewIdp> {
  if (request.id !== undefined && request.id !== null) return refuse('The ID must be null.');
  const idp: NewIdp = {
    name: request.name ?? '',
    enabled: request.enabled ?? false,
    'sso-type': 'OIDC',
    buttonText: request.buttonText ?? `Continue with ${request.name ?? ''}`,
    'include-customer-logins': request['include-customer-logins'] ?? false,
    'enable-remember-me': request['enable-remember-me'] ?? false,
    'issuer-url': request['issuer-url'] ?? '',
    'client-id': request['client-id'] ?? '',
    'client-secret': request['client-secret'] ?? '',
    'discovery-enabled': request['discovery-enabled'] ?? true,
    'additional-scopes': request['additional-scopes'] ?? [],
    'username-claim': request['username-claim'] ?? '${sub}',
    ...endpointsOf(request),
  };
  const problem = request['sso-type'] === undefined ? 'sso-type is required.' : findProblem(request, idp, others);
  return problem === undefined ? { ok: true, value: idp } : refuse(problem);
}

/** Only the given properties change. */
export function mergeIdp(current: IdpRow, request: IdpConfigWrite, all: readonly IdpRow[]): Outcome<IdpRow> {
  if (request.id !== undefined && request.id !== null && request.id !== current.id) {
    return refuse('The ID must be null or equal to the ID in the path.');
  }
  const known = Object.keys(current) as (keyof IdpRow)[];
  const given = Object.entries(request).filter(
    ([name]) => name !== 'id' && name !== 'last-updated' && known.includes(name as keyof IdpRow),
  );
  const idp: IdpRow = { ...current, ...Object.fromEntries(given), ...endpointsOf(request) };
  const problem = findProblem(
    request,
    idp,
    all.filter(({ id }) => id !== current.id),
  );
  return problem === undefined ? { ok: true, value: idp } : refuse(problem);
}

function findProblem(request: IdpConfigWrite, idp: NewIdp, others: readonly IdpRow[]): string | undefined {
  // Refused rather than taken and ignored: a stand-in that pretends proves nothing.
  if (request['sso-type'] !== undefined && request['sso-type'] !== 'OIDC')
    return 'The sandbox Jira knows no other sso-type than OIDC.';
  if (request['jit-configuration']?.['user-provisioning-enabled'])
    return 'The sandbox Jira does not provision users at login.';
  if (!idp.name.trim()) return 'name is required.';
  if (others.some(({ name }) => name === idp.name)) return `An IdP with the name ${idp.name} already exists.`;
  for (const field of ['client-id', 'client-secret', 'buttonText', 'username-claim'] as const) {
    if (!idp[field].trim()) return `${field} is required.`;
  }
  if (!isHttpUrl(idp['issuer-url'])) return 'issuer-url must be a URL.';
  // Without discovery there is no address of the signing keys, and a sign-in that checks no signature would be worse.
  return idp['discovery-enabled'] ? undefined : 'The sandbox Jira needs discovery-enabled.';
}

function endpointsOf(request: IdpConfigWrite): Partial<NewIdp> {
  const fields = ['authorization-endpoint', 'token-endpoint', 'userinfo-endpoint'] as const;
  return Object.fromEntries(fields.flatMap((field) => (request[field] === undefined ? [] : [[field, request[field]]])));
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}

function refuse(message: string): { ok: false; message: string } {
  return { ok: false, message };
}
