import { handOutRsaPairs } from './hand-out.mjs';
import { storedPairs } from './stock.mjs';

handOutRsaPairs(storedPairs());
