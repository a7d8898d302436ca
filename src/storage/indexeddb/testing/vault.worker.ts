import { canWriteFiles, openOpfsVault } from '../opfs-vault.ts';

const block = 1024 * 1024;
const id = '1a'.repeat(16);
const filled = (length: number, byte: number) => new Uint8Array(length).fill(byte);

/** What the page has this worker do with the vault of an agent. */
const tasks = {
  begin: async (agentId: string) => {
    const vault = openOpfsVault(agentId);
    await vault.write(id, 0, [filled(block, 1)]);
    await vault.write(id, block, [filled(9, 2), filled(block - 9, 3)]);
    await vault.flush(id);
    // It ends here without letting go of the file.
    return [canWriteFiles(), await vault.size(id)];
  },
  goOn: async (agentId: string) => {
    const vault = openOpfsVault(agentId);
    const before = [await vault.list(), await vault.size(id)];
    await vault.write(id, block, [filled(block, 4)]);
    await vault.write(id, 2 * block, [filled(77, 5)]);
    await vault.flush(id);
    const place = await vault.keep(id, 'a name.txt');
    return [...before, await vault.open(id, place)];
  },
  clear: async (agentId: string) => {
    const vault = openOpfsVault(agentId);
    await vault.clear();
    return [await vault.list(), await vault.size(id), await vault.open(id, id)];
  },
};

addEventListener('message', ({ data }: MessageEvent<readonly [keyof typeof tasks, string]>) => {
  const [task, agentId] = data;
  tasks[task](agentId).then(postMessage, (cause: unknown) => postMessage(String(cause)));
});
