import { attribute } from './attribute.js';
import type { Schema } from './attribute.js';
import { reference } from './common.js';

/** RFC 7643 4.2. */
export const groupSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'Group',
  attributes: [
    attribute('displayName', 'The name of the group.', {
      required: true,
      uniqueness: 'server',
      lengthMax: 500,
      storage: { kind: 'column', column: 'r.display_name', folded: 'r.display_name_folded', as: 'text' },
    }),
    attribute('members', 'Who is in the group.', {
      type: 'complex',
      multiValued: true,
      storage: { kind: 'membership' },
      sub: [
        attribute('value', 'The identifier of the member.', {
          caseExact: true,
          mutability: 'immutable',
          storage: { kind: 'column', column: 'm.member_id', as: 'uuid' },
        }),
        reference(['User', 'Group'], 'immutable'), // It may say who is meant, in the place of `value`.
        attribute('type', 'What the member is.', {
          mutability: 'immutable',
          canonicalValues: ['User', 'Group'],
          storage: { kind: 'column', column: 'm.member_kind', folded: 'm.member_kind', as: 'text' },
        }),
        attribute('display', 'The name of the member.', { mutability: 'readOnly', storage: { kind: 'computed' } }),
      ],
    }),
  ],
};
