/** Never a browser's: Jira demands an XSRF token from those. A test holds the version against package.json. */
export const userAgent = 'Gatehouse/0.1.0';
