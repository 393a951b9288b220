import { attribute } from './attribute.js';
import type { Schema } from './attribute.js';
import { plural, primary, reference } from './common.js';

const text = attribute;

const name = attribute('name', "The parts of the person's name.", {
  type: 'complex',
  sub: [
    text('formatted', 'The whole name, as it is shown.'),
    text('familyName', 'The family name.'),
    text('givenName', 'The given name.'),
    text('middleName', 'The middle names.'),
    text('honorificPrefix', 'Titles before the name.'),
    text('honorificSuffix', 'Titles after the name.'),
  ],
});

const addresses = attribute('addresses', 'Postal addresses.', {
  type: 'complex',
  multiValued: true,
  sub: [
    text('formatted', 'The whole address, as it is shown.'),
    text('streetAddress', 'Street and number.'),
    text('locality', 'City.'),
    text('region', 'State or region.'),
    text('postalCode', 'Postal code.'),
    text('country', 'Country.'),
    text('type', 'What the address is used for.', { canonicalValues: ['work', 'home', 'other'] }),
    primary,
  ],
});

const groups = attribute('groups', 'The groups that the person is in; changed through the groups.', {
  type: 'complex',
  multiValued: true,
  mutability: 'readOnly',
  storage: { kind: 'membership' },
  sub: [
    text('value', 'The identifier of the group.', {
      caseExact: true,
      mutability: 'readOnly',
      storage: { kind: 'column', column: 'm.group_id', as: 'uuid' },
    }),
    reference(['Group']),
    text('display', 'The name of the group.', {
      mutability: 'readOnly',
      storage: { kind: 'column', column: 'g.display_name', folded: 'g.display_name_folded', as: 'text' },
    }),
    text('type', 'How the person is in the group.', {
      mutability: 'readOnly',
      canonicalValues: ['direct'],
      storage: { kind: 'constant', value: 'direct' },
    }),
  ],
});

/** RFC 7643 4.1, 8.7.1. */
export const userSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:User',
  name: 'User',
  description: 'User Account',
  attributes: [
    text('userName', 'The name that the person signs in by at the provider.', {
      required: true,
      uniqueness: 'server',
      lengthMax: 500,
      storage: { kind: 'column', column: 'r.user_name', folded: 'r.user_name_folded', as: 'text' },
    }),
    name,
    text('displayName', 'The name that is shown.'),
    text('nickName', 'How the person is called.'),
    text('profileUrl', "The address of the person's page.", {
      type: 'reference',
      caseExact: true,
      referenceTypes: ['external'],
    }),
    text('title', 'The title, such as Vice President.'),
    text('userType', 'The relation to the organisation, such as Employee.'),
    text('preferredLanguage', 'Languages, as in Accept-Language.'),
    text('locale', 'How dates and numbers are shown.'),
    text('timezone', 'The time zone, such as Europe/Berlin.'),
    text('active', 'Whether the person may use what was given.', {
      type: 'boolean',
      alwaysAssigned: true,
      storage: { kind: 'column', column: 'r.active', as: 'boolean' },
    }),
    text('password', 'Taken and never kept: people sign in at the provider.', {
      mutability: 'writeOnly',
      returned: 'never',
      storage: { kind: 'dropped' },
    }),
    {
      ...plural('emails', 'E-mail addresses.', { types: ['work', 'home', 'other'] }),
      storage: { kind: 'resource', keys: 'r.email_keys' },
    },
    plural('phoneNumbers', 'Telephone numbers, kept as sent.', {
      types: ['work', 'home', 'mobile', 'fax', 'pager', 'other'],
    }),
    plural('ims', 'Addresses for instant messages.'),
    plural('photos', 'Addresses of pictures.', {
      types: ['photo', 'thumbnail'],
      value: { type: 'reference', caseExact: true, referenceTypes: ['external'] },
    }),
    addresses,
    groups,
    plural('entitlements', 'What the person is entitled to.'),
    plural('roles', 'The roles of the person.'),
    plural('x509Certificates', 'Certificates of the person.', { value: { type: 'binary', caseExact: true } }),
  ],
};

/** RFC 7643 4.3. */
export const enterpriseUserSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
  name: 'EnterpriseUser',
  description: 'What an organisation knows about a person.',
  attributes: [
    text('employeeNumber', 'The number of the employee.'),
    text('costCenter', 'The cost centre.'),
    text('organization', 'The organisation.'),
    text('division', 'The division.'),
    text('department', 'The department.'),
    attribute('manager', "The person's manager.", {
      type: 'complex',
      sub: [
        text('value', 'The identifier of the manager.', { caseExact: true }),
        reference(['User']),
        text('displayName', 'The name of the manager.', { mutability: 'readOnly', storage: { kind: 'computed' } }),
      ],
    }),
  ],
};
