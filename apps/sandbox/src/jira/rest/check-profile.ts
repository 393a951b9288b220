import type { UserWriteBean } from './rest-shapes.js';

const lengthMax = 255;

/**
 * What Jira holds against a profile, by field. The names are those of its user service, not of the request:
 * `name` fails as `username`, `emailAddress` as `email`, `displayName` as `fullname` (the first is documented, the
 * other two follow from the service they share; a client must not depend on them).
 */
export function checkProfile(
  profile: Pick<UserWriteBean, 'name' | 'emailAddress' | 'displayName'>,
): Record<string, string> {
  const errors: Record<string, string> = {};
  const username = checkUsername(profile.name);
  const email = checkEmail(profile.emailAddress);
  const fullname = checkDisplayName(profile.displayName);
  if (username) errors['username'] = username;
  if (email) errors['email'] = email;
  if (fullname) errors['fullname'] = fullname;
  return errors;
}

function checkUsername(name: string | undefined): string | undefined {
  if (!name?.trim()) return 'You must specify a username.';
  if (name.length > lengthMax) return `The username must not exceed ${lengthMax} characters in length.`;
  if (/[<>&]/.test(name)) return "The username must not contain '<', '>' or '&'.";
  if (name !== name.trim()) return 'The username cannot start or end with a space.';
  return undefined;
}

function checkEmail(email: string | undefined): string | undefined {
  if (!email?.trim()) return 'You must specify an email address.';
  if (email.length > lengthMax) return `The email address must not exceed ${lengthMax} characters in length.`;
  if (!/^[^\s@]+@[^\s@]+$/.test(email)) return 'You must specify a valid email address.';
  return undefined;
}

function checkDisplayName(name: string | undefined): string | undefined {
  if (!name?.trim()) return 'You must specify a full name.';
  if (name.length > lengthMax) return `The full name must not exceed ${lengthMax} characters in length.`;
  return undefined;
}
