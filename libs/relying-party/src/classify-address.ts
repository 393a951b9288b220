import { BlockList, isIP, isIPv6 } from 'node:net';

/** `never`: no identity provider lives there, whatever a document lists: metadata services, multicast, nothing at all. */
export type AddressClass = 'public' | 'private' | 'loopback' | 'never';

/** IANA's special-purpose registries (RFC 6890 and its updates), and where clouds answer with their secrets. */
const never = ranges(
  ['0.0.0.0/8', '169.254.0.0/16', '192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '198.51.100.0/24'],
  ['203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'],
  ['168.63.129.16/32', '100.100.100.200/32'], // Azure's host, Alibaba's metadata: neither is link-local.
  ['::/128', 'fe80::/10', 'ff00::/8', 'fd00:ec2::/32', 'fd20:ce::/32'], // The last two: metadata of AWS, of Google.
  ['2001::/32', '2001:10::/28', '2001:20::/28', '2001:db8::/32', '2002::/16', '3fff::/20', '100::/64'],
);
const loopback = ranges(['127.0.0.0/8', '::1/128']);
const internal = ranges(
  ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', '198.18.0.0/15'],
  ['fc00::/7', '64:ff9b:1::/48'],
);
const globalUnicast = ranges(['2000::/3']);
/** What follows them is an IPv4 address, which is where a connection ends: mapped, translated (RFC 6052), compatible. */
const carriers = ranges(['::ffff:0:0/96', '64:ff9b::/96', '::/96']);

/** A provider's few addresses are asked about at every sign-in, and a look through the lists is slow. */
const known = new Map<string, AddressClass>();
const knownMax = 1_000;

/** @param address as the resolver or a URL gives it, without brackets */
export function classifyAddress(address: string): AddressClass {
  let classified = known.get(address);
  if (classified === undefined) {
    classified = lookedUp(address);
    if (known.size >= knownMax) known.clear();
    known.set(address, classified);
  }
  return classified;
}

function lookedUp(address: string): AddressClass {
  const plain = address.replace(/%.*$/, '');
  if (isIP(plain) === 0) return 'never';
  if (includes(loopback, plain)) return 'loopback';
  if (includes(never, plain)) return 'never';
  if (isIPv6(plain) && includes(carriers, plain)) return lookedUp(lastFourBytes(plain));
  if (includes(internal, plain)) return 'private';
  return !isIPv6(plain) || includes(globalUnicast, plain) ? 'public' : 'never';
}

function ranges(...subnets: string[][]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets.flat()) {
    const [net, prefix] = subnet.split('/') as [string, string];
    list.addSubnet(net, Number(prefix), family(net));
  }
  return list;
}

function includes(list: BlockList, address: string): boolean {
  return list.check(address, family(address));
}

function family(address: string): 'ipv4' | 'ipv6' {
  return isIPv6(address) ? 'ipv6' : 'ipv4';
}

/** Of an IPv6 address, in IPv4's notation. */
function lastFourBytes(address: string): string {
  const dotted = /\d+\.\d+\.\d+\.\d+$/.exec(address)?.[0];
  if (dotted !== undefined) return dotted;
  // WHATWG's serializer writes the shortest form, always in hexadecimal groups.
  const groups = new URL(`http://[${address}]`).hostname.slice(1, -1).split(':').slice(-2);
  const [high, low] = groups.map((group) => Number.parseInt(group || '0', 16)) as [number, number];
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
