import { encodeBase64 } from '../../protocol/wire/base64.ts';
import { createMemoryAgentStore } from '../../storage/memory/agent-store.ts';
import { authorityOf, forgeWithController } from '../attacker/forge.ts';
import { Served } from '../attacker/served.ts';
import { onGroupStage } from '../run/group-run.ts';
import { sessionsOf, timesRun } from '../run/judge.ts';
import { failureOf, type Lab, onStage, runEach, runTry, type Scenario, type Stage, type Try } from '../run/run.ts';
import type { Attempt } from '../run/scenario.ts';
import { readOnly } from '../run/wire.ts';
import { helperAddress, type LabAgent } from '../run/world.ts';
import { falseMembers } from './false-members.ts';

const secret = 'The key is under the third stone';
const falseAddress = 'https://false-helper.lab';

/** The Controller itself is the attacker's. */
export const rogueController: Scenario = {
  info: {
    id: 'rogue-controller',
    title: 'Rogue Controller',
    summary: 'Have the Controller certify a false Helper',
    attempts: 5,
    has: 'A place on the line, and the Controller itself: its certificates and its directory say what the attacker wants.',
    wants: 'Traveller to talk to the attacker, alone or in a group, believing it to be Helper.',
    promise:
      'Against its own Controller an agent has the safety number: a verified peer’s key cannot change unnoticed (parley/1, section 3), in a group neither (parley-group/1, section 2).',
  },
  run: (lab) => runEach(lab, tries, (each) => each.perform(lab)),
};

/** An attempt of one kind or the other. */
interface Performed {
  readonly title: string;
  perform(lab: Lab): Promise<Attempt>;
}

const tries: readonly Performed[] = [
  ...[
    substitution('verified', 'Traveller has verified Helper’s safety number', true),
    substitution('unverified', 'Traveller has never compared the safety number', false),
  ].map((each) => ({
    title: each.title,
    perform: (lab: Lab) => onStage(lab, (stage) => runTry(each, stage)),
  })),
  ...falseMembers.map((each) => ({
    title: each.title,
    perform: (lab: Lab) => onGroupStage(() => Served.open(lab), each),
  })),
];

function substitution(id: string, title: string, verified: boolean): Try {
  return {
    id,
    title,
    act: async (stage) => {
      const { world, traveller, helper } = stage;
      if (verified) {
        const { keyFingerprint } = await traveller.agent.safetyNumber(helper.agentId);
        await traveller.agent.markVerified(helper.agentId, keyFingerprint);
      }
      const impostor = await openImpostor(stage);
      world.wire.attackBy(async (hop) => {
        if (hop.from !== 'traveller') return hop.forward();
        hop.keep('answered by the false Helper');
        const headers = { 'content-type': 'application/json' };
        const request = new Request(falseAddress + hop.path, { method: 'POST', headers, body: hop.body });
        const answer = await impostor.agent.fetch(request);
        return { status: answer.status, body: await answer.text() };
      });
      const request = { peerId: helper.agentId, method: 'send_request', parameters: { query: secret } };
      const error = await failureOf(traveller.agent.send(request));
      world.wire.attackBy(readOnly);
      const read = timesRun(impostor, secret);
      return {
        succeeded: read > 0,
        expected: verified ? 'refused' : 'succeeded',
        failure: { by: 'traveller', error },
        evidence: [
          'The Controller issued a second certificate for helper_agent_001, with the attacker’s key. Only the key tells it from the first.',
          read > 0
            ? `The false Helper read “${secret}”. No certificate can show this: only the safety number can, and it was not compared.`
            : `The false Helper read nothing; Traveller’s request ended with ${error?.code ?? 'an answer'}, and ${world.wire.log.length} messages left Traveller.`,
          sessionsOf(traveller),
        ],
      };
    },
  };
}

/** Opens a second helper_agent_001 with certificates of the real Controller, which the directory names from now on. */
async function openImpostor({ world, helper }: Stage): Promise<LabAgent> {
  const { certificates, signing, encryption } = await forgeWithController(world, helper.agentId, helperAddress);
  const { certificate } = await authorityOf(world);
  const store = createMemoryAgentStore();
  await store.saveIdentity({
    agentId: helper.agentId,
    address: falseAddress,
    createdAt: world.clock.now(),
    signing,
    encryption,
    registration: { certificates, caCertificate: certificate },
  });
  const impostor = await world.open({ party: 'attacker', agentId: helper.agentId, address: falseAddress, store });
  const entry = {
    agent_id: helper.agentId,
    address: helperAddress,
    certificate: { signing: encodeBase64(certificates.signing), encryption: encodeBase64(certificates.encryption) },
    status: 'active',
    online: true,
  };
  world.controller = {
    fetch: async (request) =>
      new URL(request.url).pathname === `/controller/agents/${helper.agentId}`
        ? Response.json(entry)
        : world.honestController.fetch(request),
  };
  return impostor;
}
