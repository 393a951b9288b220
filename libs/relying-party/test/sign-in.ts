import type { ProviderConfig } from '@gatehouse/contracts';
import { connectProvider } from '../src/connect-provider.js';
import type { KeyNotice, ProviderConnection, VerifiedAnswer } from '../src/index.js';
import { deriveFrom, newLoginSecret } from '../src/login-secret.js';
import type { FakeProvider } from './fake-provider.js';

interface ConnectOptions {
  readonly clientSecret?: string;
  readonly clientKey?: string;
  readonly production?: boolean;
  readonly notices?: KeyNotice[];
}

export async function connected(
  provider: ProviderConfig,
  { clientSecret, clientKey, production = false, notices = [] }: ConnectOptions = {},
): Promise<ProviderConnection> {
  return connectProvider({
    provider,
    secrets: { clientSecret, clientKey },
    redirectUri: 'https://sso.example/callback/fake',
    production,
    takeNotice: (notice) => void notices.push(notice),
  });
}

/** A whole sign-in as the gateway makes it. @param change what happens to the answer on its way */
export async function signIn(
  fake: FakeProvider,
  connection: ProviderConnection,
  change: (query: string) => string = (query) => query,
): Promise<VerifiedAnswer> {
  const secret = deriveFrom(newLoginSecret());
  const url = requestOf(connection, secret);
  return connection.answer(change(fake.authorize(url)), { ...secret, state: 'state', maxAgeSeconds: undefined });
}

export function requestOf(connection: ProviderConnection, secret = deriveFrom(newLoginSecret()), more = {}): URL {
  return connection.authorizationUrl({
    ...secret,
    state: 'state',
    reauthenticate: false,
    maxAgeSeconds: undefined,
    loginHint: undefined,
    ...more,
  });
}

/** Why it was refused. */
export async function refusal(signingIn: Promise<unknown>): Promise<{ code: string; reason: string }> {
  try {
    await signingIn;
  } catch (error) {
    if (error instanceof Error && 'failure' in error) return error.failure as { code: string; reason: string };
    throw error;
  }
  throw new Error('it was accepted');
}
