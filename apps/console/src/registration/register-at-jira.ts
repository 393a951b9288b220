import { TerminalError } from '@gatehouse/errors';
import type { IdpChange, IdpConfig, SsoApp } from '@gatehouse/jira-client';
import { differences } from './desired-registration.js';
import { planFallback, planRegistration } from './plan-registration.js';
import type { RegistrationFacts } from './plan-registration.js';

export interface Registered {
  readonly idpId: number;
  readonly kind: 'create' | 'change' | 'keep';
  /** Names of the settings that were written; never their values. */
  readonly wrote: readonly string[];
}

/**
 * Reads what Jira has, writes the difference, reads it back. Running it twice, or after a lost answer, changes nothing more.
 * @throws OutageError, or TerminalError when Jira did not take the settings over
 */
export async function registerAtJira(sso: SsoApp, facts: Omit<RegistrationFacts, 'idps'>): Promise<Registered> {
  const idps = await sso.idps();
  const plan = planRegistration({ ...facts, idps });
  // Only before people are first sent to us: whoever closes the password form later means it.
  if (plan.kind === 'create' || !facts.recorded) await openFallback(sso);
  switch (plan.kind) {
    case 'keep':
      return { idpId: plan.id, kind: 'keep', wrote: [] };
    case 'create': {
      const { id } = await created(sso, plan.idp, idps);
      assertTaken(await sso.idp(id), facts.issuer);
      return { idpId: id, kind: 'create', wrote: Object.keys(plan.idp) };
    }
    case 'change':
      await sso.changeIdp(plan.id, plan.change);
      assertTaken(await sso.idp(plan.id), facts.issuer);
      return { idpId: plan.id, kind: 'change', wrote: plan.because };
  }
}

/** Jira says in words of its own that a name is taken, or only that it refuses: what is there already tells it better. */
async function created(sso: SsoApp, idp: IdpChange, idps: readonly IdpConfig[]): Promise<IdpConfig> {
  try {
    return await sso.createIdp(idp);
  } catch (cause) {
    const other = sameName(idp, idps);
    if (!other || !(cause instanceof TerminalError) || cause.code !== 'jira.request_refused') throw cause;
    const leadsTo = other['issuer-url'] === undefined ? '' : `, which leads to ${originOf(other['issuer-url'])}`;
    const message = `Jira has another way to sign in called "${other.name}" (number ${other.id}${leadsTo}).`;
    throw new TerminalError('jira.sso_name_taken', message, { cause, internal: cause.internal });
  }
}

function sameName({ name }: IdpChange, idps: readonly IdpConfig[]): IdpConfig | undefined {
  const folded = (text: string) => text.trim().toLowerCase();
  return name === undefined ? undefined : idps.find((idp) => folded(idp.name) === folded(name));
}

/** Somebody else wrote it: no more of it than says where it is. */
function originOf(address: string): string {
  return URL.canParse(address) ? new URL(address).origin : 'an address that is none';
}

async function openFallback(sso: SsoApp): Promise<void> {
  const change = planFallback(await sso.config());
  if (change) await sso.changeConfig(change);
}

/** The API is private and may change: what was written is believed only once it was read. */
function assertTaken(actual: IdpConfig, issuer: string): void {
  const differing = differences(actual, issuer);
  if (differing.length === 0) return;
  throw new TerminalError(
    'jira.request_refused',
    `Jira did not take over these settings of its sign-in: ${differing.join(', ')}.`,
  );
}
