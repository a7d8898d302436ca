import type { LabParty } from '../../lab/run/scenario.ts';
import { attackerParty, controllerParty, type Party, partyOf, serviceParty } from '../design/party.tsx';

/** How each party of the lab is drawn and called. */
export const labParties: Readonly<Record<LabParty, Party>> = {
  traveller: partyOf('traveller_agent_001'),
  helper: partyOf('helper_agent_001'),
  stranger: partyOf('stranger_agent_001'),
  attacker: attackerParty,
  controller: controllerParty,
  service: serviceParty,
};
