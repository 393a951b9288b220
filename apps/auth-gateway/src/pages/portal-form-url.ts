/** Where the portal shows its password form. */
export function portalFormUrl(jiraUrl: string): string {
  return `${jiraUrl}/servicedesk/customer/user/login?destination=portals`;
}
