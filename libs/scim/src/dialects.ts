/** What identity providers send beside the standard. Each is on unless a provider's configuration turns it off. */
export interface Dialects {
  /** `Add`, `Replace`, `Remove` (E1). */
  readonly capitalOperations: boolean;
  /** `"True"` and `"False"` where the schema says boolean, in values and in filters (E2, E7). */
  readonly stringBooleans: boolean;
  /** `remove` with a path and a value takes away these values, not all (E3). */
  readonly valuesOnRemove: boolean;
  /** Keys of a path-less value are paths: `name.givenName`, `urn:...:User:employeeNumber` (E4). */
  readonly pathKeys: boolean;
  /** A value path that selects nothing makes what it describes (E5, E7). */
  readonly createOnMiss: boolean;
  /** The manager as a string, as `{managerId}` or as a list of one (E6, OneLogin), and by its name without a URN. */
  readonly managerShapes: boolean;
  /** A role's value as an object in JSON text (E7). */
  readonly jsonRoleValues: boolean;
  /** `members: ["id"]`, `emails: "ada@example.com"`. */
  readonly bareValues: boolean;
  /** Read-only keys in a path-less value are echoes, not changes (O4). */
  readonly readOnlyEchoes: boolean;
  /** SCIM 1's URNs, URNs nobody here knows beside the core one (E11), and no `schemas` at all. */
  readonly looseSchemas: boolean;
}

export const everyDialect: Dialects = {
  capitalOperations: true,
  stringBooleans: true,
  valuesOnRemove: true,
  pathKeys: true,
  createOnMiss: true,
  managerShapes: true,
  jsonRoleValues: true,
  bareValues: true,
  readOnlyEchoes: true,
  looseSchemas: true,
};
