import { handOutRsaPairs } from './hand-out.mjs';
import { RsaPairs } from './stock.mjs';

const pairs = new RsaPairs();
handOutRsaPairs(async (bits) => pairs.next(bits));
