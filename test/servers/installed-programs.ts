/** Programs of Debian that the tests against real servers need. A test whose programs are missing says so and is left out. */
import { existsSync } from 'node:fs';

/** True when all of `programs` are there; otherwise a line on stderr names what is left out. */
export function hasPrograms(what: string, programs: readonly string[], packages: string): boolean {
  const missing = programs.filter(
    (program) =>
      !['/usr/bin', '/usr/sbin', '/bin', '/sbin'].some((folder) => existsSync(`${folder}/${program}`)),
  );
  if (missing.length === 0) return true;
  process.stderr.write(`LEFT OUT: ${what}: ${missing.join(', ')} missing (apt-get install ${packages})\n`);
  return false;
}

export const hasCeph = hasPrograms(
  'everything against Ceph',
  ['ceph-mon', 'ceph-osd', 'radosgw', 'radosgw-admin', 'ceph', 'curl'],
  'ceph-mon ceph-osd radosgw curl',
);

export const hasSshd = hasPrograms(
  'everything against OpenSSH',
  ['sshd', 'ssh', 'ssh-keygen'],
  'openssh-server openssh-client',
);

export const hasSwift = hasPrograms(
  'everything against Swift, which has no conditional PUT',
  ['swift-proxy-server', 'swift-account-server', 'swift-container-server', 'swift-object-server', 'curl'],
  'swift-proxy swift-account swift-container swift-object curl',
);
