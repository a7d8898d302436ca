import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { signAgain } from '../attacker/craft.ts';
import { asPeer, identityOf } from '../attacker/forge.ts';
import { kindOf, withMember } from '../run/body.ts';
import { sessionsOf } from '../run/judge.ts';
import { failureOf, runTries, type Scenario, type Try } from '../run/run.ts';
import { readOnly } from '../run/wire.ts';
import { mallory } from '../run/world.ts';

/** The attacker puts her own name under Traveller's key shares. */
export const unknownKeyShare: Scenario = {
  info: {
    id: 'unknown-key-share',
    title: 'Unknown key share',
    summary: 'Make one side believe that it shares keys with somebody else',
    attempts: 2,
    has: 'A place on the line, and a genuine identity: mallory_agent_001, registered like everybody.',
    wants: 'Traveller and Helper to share keys while Helper believes that it shares them with mallory.',
    promise:
      'Names, certificates and shares are signed together, and each side signs the transcript that it saw (parley/1, section 3).',
  },
  run: (lab) =>
    runTries(lab, [
      relay('as-it-is', 'Relay Helper’s answer as it is', false),
      relay('readdressed', 'Relay Helper’s answer readdressed to Traveller', true),
    ]),
};

function relay(id: string, title: string, readdress: boolean): Try {
  return {
    id,
    title,
    act: async ({ world, traveller, helper }) => {
      const own = await identityOf(await world.open(mallory));
      const caller = await asPeer(world, (await identityOf(traveller)).certificates);
      const certificate = {
        signing: encodeBase64(own.certificates.signing),
        encryption: encodeBase64(own.certificates.encryption),
      };
      world.wire.attackBy(async (hop) => {
        if (hop.kind !== 'CLIENT_HELLO') return hop.forward();
        const hello = await signAgain(world, hop.body, own.signing.privateKey, (members) => ({
          ...members,
          sender_id: mallory.agentId,
          my_certificate: certificate,
        }));
        const answer = await hop.forward(hello, 'sent under mallory’s name and signature');
        if (!readdress || kindOf(answer.body) !== 'SERVER_HELLO') return answer;
        const renamed = withMember(answer.body, 'recipient_id', traveller.agentId);
        return { ...answer, body: withMember(renamed, 'recipient_key_id', encodeBase64(caller.keyId)) };
      });
      const failure = await failureOf(traveller.agent.connect(helper.agentId));
      world.wire.attackBy(readOnly);
      // Helper may share keys with mallory, but not Traveller's: it would have to be confirmed by Traveller.
      const stands = [traveller, helper].some(({ snapshot }) =>
        snapshot().sessions.some(({ status }) => status === 'ESTABLISHED'),
      );
      return {
        succeeded: stands,
        evidence: [
          'Helper took the hello for mallory’s, as it says: mallory may use her own name.',
          `Traveller’s connect ended with ${failure?.code ?? 'a session'}.`,
          sessionsOf(traveller),
          sessionsOf(helper),
        ],
      };
    },
  };
}
