import type { Scenario } from '../run/run.ts';
import { attachments } from '../scenarios/attachments.ts';
import { binaryEnvelopes } from '../scenarios/binary-envelopes.ts';
import { dishonestDeliveryService } from '../scenarios/dishonest-delivery-service.ts';
import { dishonestMember } from '../scenarios/dishonest-member.ts';
import { downgrade } from '../scenarios/downgrade.ts';
import { eavesdropping } from '../scenarios/eavesdropping.ts';
import { flooding } from '../scenarios/flooding.ts';
import { impersonation } from '../scenarios/impersonation.ts';
import { keyCompromise } from '../scenarios/key-compromise.ts';
import { manInTheMiddle } from '../scenarios/man-in-the-middle.ts';
import { outsider } from '../scenarios/outsider.ts';
import { removedMember } from '../scenarios/removed-member.ts';
import { replay } from '../scenarios/replay.ts';
import { resumption } from '../scenarios/resumption.ts';
import { revokedCertificate } from '../scenarios/revoked-certificate.ts';
import { rogueController } from '../scenarios/rogue-controller.ts';
import { sessionHijacking } from '../scenarios/session-hijacking.ts';
import { streams } from '../scenarios/streams.ts';
import { unknownKeyShare } from '../scenarios/unknown-key-share.ts';

/** Every attack of the lab: first those that every course names, then those on single parts of the protocol, then those on groups. */
export const catalogue: readonly Scenario[] = [
  eavesdropping,
  manInTheMiddle,
  replay,
  sessionHijacking,
  keyCompromise,
  downgrade,
  unknownKeyShare,
  resumption,
  revokedCertificate,
  rogueController,
  flooding,
  impersonation,
  binaryEnvelopes,
  attachments,
  streams,
  outsider,
  dishonestMember,
  dishonestDeliveryService,
  removedMember,
];
