import { TerminalError } from '@gatehouse/errors';
import type { DirectoryUserContent } from '@gatehouse/directory';
import type { CognitoUser } from './read-page.js';

/** A person as a listing has them. */
export interface ListedPerson {
  /** Cognito's `sub`: for good, and the subject of the tokens that the person signs in with. */
  readonly externalId: string;
  /**
   * `not-yet`: Cognito has only somebody's word for it. Such a person is neither made nor changed: anybody can sign up
   * under somebody else's name, and an inactive namesake would bar the real one.
   */
  readonly standing: 'known' | 'not-yet';
  readonly content: DirectoryUserContent;
}

/** Who was invited, or has to set a new password, is somebody whom an administrator knows. */
const inUse = new Set(['CONFIRMED', 'EXTERNAL_PROVIDER', 'FORCE_CHANGE_PASSWORD', 'RESET_REQUIRED']);
const closed = new Set(['ARCHIVED', 'COMPROMISED']);

/** OpenID Connect's own claims, which the ID token of the same person has under the same names. */
const claims = new Set([
  ...['sub', 'preferred_username', 'nickname', 'given_name', 'family_name', 'middle_name', 'profile', 'picture'],
  ...['website', 'gender', 'birthdate', 'zoneinfo', 'locale', 'phone_number', 'phone_number_verified', 'address'],
  ...['email_verified', 'updated_at'],
]);

const custom = /^(dev:)?custom:[^\p{Cc}]{1,100}$/u;

/** NUL, and halves of surrogate pairs. */
export const unstorable = /[\0\p{Surrogate}]/u;

/**
 * In the shape of SCIM's User, with everything else under the names that the ID token gives it, so that one rule reads
 * both. What PostgreSQL cannot keep is left out.
 * @throws TerminalError `cognito.answer_malformed` without a `sub`
 */
export function listedPerson(
  { Username: userName, Enabled: isEnabled, UserStatus: status = 'UNKNOWN', Attributes }: CognitoUser,
  trustUnverifiedEmail: boolean,
): ListedPerson {
  const values = new Map(
    Attributes.flatMap(({ Name, Value }) => (Value && !unstorable.test(Value) ? [[Name, Value] as const] : [])),
  );
  const externalId = values.get('sub');
  if (externalId === undefined || externalId.length > 255 || unstorable.test(userName))
    throw new TerminalError('cognito.answer_malformed', 'The listing has a person without a sub.');
  const isKnown = inUse.has(status) || closed.has(status);
  return {
    externalId,
    standing: isKnown ? 'known' : 'not-yet',
    content: {
      userName,
      externalId,
      active: isEnabled && inUse.has(status),
      resource: {
        ...Object.fromEntries([...values].filter(([name]) => claims.has(name) || custom.test(name))),
        ...{ 'cognito:username': userName, 'cognito:user_status': status },
        ...named(values),
        ...addressed(values, trustUnverifiedEmail),
      },
    },
  };
}

function named(values: ReadonlyMap<string, string>): object {
  const formatted = values.get('name');
  const parts = {
    ...(formatted === undefined ? {} : { formatted }),
    ...part('givenName', values.get('given_name')),
    ...part('familyName', values.get('family_name')),
    ...part('middleName', values.get('middle_name')),
  };
  return {
    ...(Object.keys(parts).length > 0 ? { name: parts } : {}),
    ...part('displayName', formatted),
    ...part('nickName', values.get('nickname')),
    ...part('timezone', values.get('zoneinfo')),
  };
}

/** A directory's address counts as verified, so one that the person only says is none (S24). */
function addressed(values: ReadonlyMap<string, string>, trustUnverifiedEmail: boolean): object {
  const value = values.get('email');
  if (value === undefined || !(trustUnverifiedEmail || values.get('email_verified') === 'true')) return {};
  return { emails: [{ value, primary: true }] };
}

function part(name: string, value: string | undefined): object {
  return value === undefined ? {} : { [name]: value };
}
