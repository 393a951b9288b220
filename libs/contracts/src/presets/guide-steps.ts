import type { ProviderAddresses } from '../provider-addresses.js';
import type { GuideStep } from './preset.js';

/** Steps that every provider has in its own words. */

export function callbackStep(text: string, { callback }: ProviderAddresses): GuideStep {
  return { text, copy: [{ label: 'Callback URL', value: callback }] };
}

export function signOutStep(text: string, { signedOut }: ProviderAddresses): GuideStep {
  return { text, copy: [{ label: 'Sign-out URL', value: signedOut }] };
}

export function backchannelStep(text: string, { backchannelLogout }: ProviderAddresses): GuideStep {
  return { text, copy: [{ label: 'Back-channel logout URL', value: backchannelLogout }] };
}

export function copyStep(text: string, label: string, value: string): GuideStep {
  return { text, copy: [{ label, value }] };
}

export const keepSecretStep: GuideStep = {
  text: 'Copy client ID and client secret. The secret is stored encrypted here and never shown again.',
};
