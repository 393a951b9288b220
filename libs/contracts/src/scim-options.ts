import { z } from 'zod';

const dialect = (meaning: string) => z.boolean().default(true).describe(meaning);

/** Of a provider that pushes people and groups over SCIM. */
export const ScimOptions = z
  .strictObject({
    dialects: z
      .strictObject({
        capitalOperations: dialect('`Add`, `Replace` and `Remove` are taken (Entra ID).'),
        stringBooleans: dialect('`"True"` and `"False"` are booleans where the schema says so (Entra ID, OneLogin).'),
        valuesOnRemove: dialect('`remove` of `members` with a value takes away these members, not all (Entra ID).'),
        pathKeys: dialect('Keys such as `name.givenName` in a value without a path are paths (Entra ID).'),
        createOnMiss: dialect('A path such as `emails[type eq "work"].value` makes what is not there (Entra ID).'),
        managerShapes: dialect(
          'The manager may be a text, `{managerId}` or a list of one, and be named without its URN (Entra ID, OneLogin).',
        ),
        jsonRoleValues: dialect('A role may be JSON in a text (Entra ID).'),
        bareValues: dialect('Members and the like may be texts instead of objects.'),
        readOnlyEchoes: dialect('Read-only attributes that are sent back mean nothing (Okta).'),
        looseSchemas: dialect("SCIM 1's URNs and unknown ones are let through (OneLogin, Entra ID)."),
      })
      .prefault({})
      .describe('What is understood beside the standard. Each is on unless it is turned off.'),
  })
  .prefault({});
