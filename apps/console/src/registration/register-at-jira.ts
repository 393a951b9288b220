import { TerminalError } from '@gatehouse/errors';
import type { IdpConfig, SsoApp } from '@gatehouse/jira-client';
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
  const plan = planRegistration({ ...facts, idps: await sso.idps() });
  // Only before people are first sent to us: whoever closes the password form later means it.
  if (plan.kind === 'create' || !facts.recorded) await openFallback(sso);
  switch (plan.kind) {
    case 'keep':
      return { idpId: plan.id, kind: 'keep', wrote: [] };
    case 'create': {
      const { id } = await sso.createIdp(plan.idp);
      assertTaken(await sso.idp(id), facts.issuer);
      return { idpId: id, kind: 'create', wrote: Object.keys(plan.idp) };
    }
    case 'change':
      await sso.changeIdp(plan.id, plan.change);
      assertTaken(await sso.idp(plan.id), facts.issuer);
      return { idpId: plan.id, kind: 'change', wrote: plan.because };
  }
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
