/**
 * Who may do what in console and admin API. Each of the first three includes the one before it; an auditor stands
 * beside them: reads everything, the audit too, and changes nothing.
 */
export const roles = ['viewer', 'operator', 'admin', 'auditor'] as const;
export type Role = (typeof roles)[number];

/** Which roles meet a need. What needs an auditor is not for operators: an audit also tells of them. */
const sufficient: Readonly<Record<Role, readonly Role[]>> = {
  viewer: ['viewer', 'operator', 'admin', 'auditor'],
  operator: ['operator', 'admin'],
  admin: ['admin'],
  auditor: ['auditor', 'admin'],
};

export function mayDo(role: Role, needed: Role): boolean {
  return sufficient[needed].includes(role);
}
