/** What all processes of this benchmark agree on. */
export const token = 'scim-bench-token-0123456789-0123456789';
export const provider = 'company';

/** The peer makes the same people and groups in its memory as are seeded in PostgreSQL for us. */
export const userName = (number: number): string => `load-${number}@example.com`;
export const smallMembers = 10;

export const schemas = {
  user: 'urn:ietf:params:scim:schemas:core:2.0:User',
  enterprise: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  group: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  patch: 'urn:ietf:params:scim:api:messages:2.0:PatchOp',
} as const;

/** As a provider sends somebody: name, address, title, department. */
export function person(name: string, number: number) {
  return {
    schemas: [schemas.user, schemas.enterprise],
    userName: name,
    externalId: `external-${name}`,
    active: true,
    displayName: `Load ${number}`,
    title: 'Engineer',
    name: { givenName: 'Load', familyName: String(number), formatted: `Load ${number}` },
    emails: [{ type: 'work', value: name, primary: true }],
    [schemas.enterprise]: { department: `Department ${number % 50}`, employeeNumber: String(number) },
  };
}
