import { z } from 'zod';
import { TextSource } from './text-source.js';

const propertyKeyShape = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

/** Of Jira and its apps: what is written there may change how they work. */
const reservedPropertyKey = /^(jira|com\.atlassian|atlassian|gatehouse)\./i;

const PropertyKey = z
  .string()
  .regex(
    propertyKeyShape,
    'use 1 to 100 letters, digits, dots, dashes and underscores, starting with a letter or digit',
  )
  .refine((key) => !reservedPropertyKey.test(key), 'keys of this prefix are reserved');

const property = {
  key: PropertyKey.describe('Key of the user property of Jira.'),
  whenMissing: z
    .enum(['keep', 'remove'])
    .default('keep')
    .describe('What becomes of the property when the person has no such claim any more.'),
};

const [FromClaim, FromTemplate] = TextSource.options;

const UserProperty = z.union([FromClaim.extend(property), FromTemplate.extend(property)]);
export type UserProperty = z.output<typeof UserProperty>;

/** Which user properties (entity properties) of Jira are written, and from what. */
export const UserProperties = z
  .array(UserProperty)
  .max(100)
  .superRefine((properties, context) => {
    const keys = properties.map(({ key }) => key);
    for (const [index, key] of keys.entries()) {
      if (keys.indexOf(key) === index) continue;
      context.addIssue({
        code: 'custom',
        path: [index, 'key'],
        message: `must be another key: ${key} is there already`,
      });
    }
  })
  .default([]);
