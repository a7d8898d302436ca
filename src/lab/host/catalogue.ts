import type { Scenario } from '../run/run.ts';
import { alteredMembers } from '../scenarios/altered-members.ts';
import { downgrade } from '../scenarios/downgrade.ts';
import { eavesdropping } from '../scenarios/eavesdropping.ts';
import { falseCertificates } from '../scenarios/false-certificates.ts';
import { falseController } from '../scenarios/false-controller.ts';
import { flood } from '../scenarios/flood.ts';
import { keyCompromise } from '../scenarios/key-compromise.ts';
import { replay } from '../scenarios/replay.ts';
import { resumption } from '../scenarios/resumption.ts';
import { revokedCertificate } from '../scenarios/revoked-certificate.ts';
import { sessionHijack } from '../scenarios/session-hijack.ts';
import { unknownKeyShare } from '../scenarios/unknown-key-share.ts';

/** Every attack of the lab, in the order of the threat model. */
export const catalogue: readonly Scenario[] = [
  eavesdropping,
  alteredMembers,
  falseCertificates,
  downgrade,
  replay,
  sessionHijack,
  resumption,
  keyCompromise,
  unknownKeyShare,
  revokedCertificate,
  falseController,
  flood,
];
