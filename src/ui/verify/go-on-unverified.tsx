import { ConfirmButton } from '../design/confirm-button.tsx';
import { partyOf } from '../design/party.tsx';
import { useHosted } from '../state/hosted.ts';

/** Shows the decision to use a changed key that nobody has compared. It asks first. */
export function GoOnUnverified({ peerId }: { readonly peerId: string }) {
  const { engine } = useHosted();
  const { name } = partyOf(peerId);
  return (
    <ConfirmButton
      label="Continue unverified"
      heading={`Continue with ${name}’s new key?`}
      description={`The key you verified is forgotten, and its session ends. Whoever holds the new key reads what you send from then on. If the Controller certified it falsely, that is not ${name}.`}
      confirm="Continue unverified"
      action={() => engine.acceptChangedKey(peerId)}
    />
  );
}
